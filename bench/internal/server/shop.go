// Package server is a JSON service over net/http, written twice. One version passes a
// request's ID, logger and user through a context.Context, the other keeps them in
// als storages. They share the rest.
package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
)

// A user is the sender of a request.
type user struct {
	Name string `json:"name"`
	Tier int    `json:"tier"`
}

// An order is the response to a request.
type order struct {
	RequestID string `json:"requestId"`
	User      *user  `json:"user"`
	ID        int    `json:"id"`
	Items     []item `json:"items"`
	Total     int    `json:"total"`
}

type item struct {
	Name  string `json:"name"`
	Price int    `json:"price"`
}

var (
	errNoUser  = errors.New("no user")
	errNoOrder = errors.New("no such order")
)

// logs formats the lines and discards them.
var logs = slog.New(slog.NewJSONHandler(io.Discard, nil))

// login returns the user whose token the request has.
func login(r *http.Request) (*user, error) {
	name, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || name == "" {
		return nil, errNoUser
	}
	return &user{Name: name, Tier: int(hash(name) % 3)}, nil
}

func requestIDOf(r *http.Request) string { return r.Header.Get("X-Request-Id") }

// itemsOf stands for a query of an order's items.
func itemsOf(id int) ([]item, error) {
	if id <= 0 {
		return nil, errNoOrder
	}
	items := make([]item, 2+id%3)
	for i := range items {
		items[i].Name = "item-" + strconv.Itoa(id*7+i)
	}
	return items, nil
}

// priceOf stands for another service's answer.
func priceOf(name string, u *user) int { return 100 + int(hash(name)%900) - 10*u.Tier }

func hash(s string) uint32 {
	h := fnv.New32a()
	io.WriteString(h, s)
	return h.Sum32()
}

func total(items []item) (sum int) {
	for _, i := range items {
		sum += i.Price
	}
	return sum
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		logs.Error("answer", "err", err)
	}
}

func fail(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, errNoUser):
		status = http.StatusUnauthorized
	case errors.Is(err, errNoOrder):
		status = http.StatusNotFound
	}
	http.Error(w, err.Error(), status)
}

func orderNumber(r *http.Request) (int, error) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil {
		return 0, fmt.Errorf("%w: %q", errNoOrder, r.PathValue("id"))
	}
	return id, nil
}
