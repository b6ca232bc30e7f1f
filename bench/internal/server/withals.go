package server

import (
	"log/slog"
	"net/http"
	"sync"

	"github.com/seed-1938943e/goroutine/als"
)

var (
	requestID als.Storage[string]
	logger    als.Storage[*slog.Logger]
	caller    als.Storage[*user]
)

// WithALS returns the service that keeps a request's data in storages.
func WithALS() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", alsHandle)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, err := login(r)
		if err != nil {
			fail(w, err)
			return
		}
		id := requestIDOf(r)
		requestID.Run(id, func() {
			logger.Run(logs.With("request", id), func() {
				caller.Run(u, func() { mux.ServeHTTP(w, r) })
			})
		})
	})
}

func alsHandle(w http.ResponseWriter, r *http.Request) {
	id, err := orderNumber(r)
	if err != nil {
		fail(w, err)
		return
	}
	o, err := alsOrder(id)
	if err != nil {
		logger.Get().Warn("no order", "id", id, "err", err)
		fail(w, err)
		return
	}
	answer(w, o)
}

func alsOrder(id int) (*order, error) {
	logger.Get().Info("order", "id", id, "user", caller.Get().Name)
	items, err := alsQuery(id)
	if err != nil {
		return nil, err
	}
	var done sync.WaitGroup
	for i := range items {
		done.Add(1)
		als.Go(func() {
			defer done.Done()
			items[i].Price = alsPrice(items[i].Name)
		})
	}
	done.Wait()
	return &order{requestID.Get(), caller.Get(), id, items, total(items)}, nil
}

func alsQuery(id int) ([]item, error) {
	items, err := itemsOf(id)
	logger.Get().Info("query", "items", len(items))
	return items, err
}

func alsPrice(name string) int {
	price := priceOf(name, caller.Get())
	logger.Get().Info("price", "item", name, "price", price)
	return price
}
