package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
)

type (
	requestIDKey struct{}
	loggerKey    struct{}
	userKey      struct{}
)

func ctxRequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

func ctxLogger(ctx context.Context) *slog.Logger {
	l, _ := ctx.Value(loggerKey{}).(*slog.Logger)
	return l
}

func ctxUser(ctx context.Context) *user {
	u, _ := ctx.Value(userKey{}).(*user)
	return u
}

// WithContext returns the service that passes a context.Context.
func WithContext() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orders/{id}", ctxHandle)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, err := login(r)
		if err != nil {
			fail(w, err)
			return
		}
		id := requestIDOf(r)
		ctx := context.WithValue(r.Context(), requestIDKey{}, id)
		ctx = context.WithValue(ctx, loggerKey{}, logs.With("request", id))
		ctx = context.WithValue(ctx, userKey{}, u)
		mux.ServeHTTP(w, r.WithContext(ctx))
	})
}

func ctxHandle(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	id, err := orderNumber(r)
	if err != nil {
		fail(w, err)
		return
	}
	o, err := ctxOrder(ctx, id)
	if err != nil {
		ctxLogger(ctx).WarnContext(ctx, "no order", "id", id, "err", err)
		fail(w, err)
		return
	}
	answer(w, o)
}

func ctxOrder(ctx context.Context, id int) (*order, error) {
	ctxLogger(ctx).InfoContext(ctx, "order", "id", id, "user", ctxUser(ctx).Name)
	items, err := ctxQuery(ctx, id)
	if err != nil {
		return nil, err
	}
	var done sync.WaitGroup
	for i := range items {
		done.Add(1)
		//alsvet:ignore the context carries the values here
		go func() {
			defer done.Done()
			items[i].Price = ctxPrice(ctx, items[i].Name)
		}()
	}
	done.Wait()
	return &order{ctxRequestID(ctx), ctxUser(ctx), id, items, total(items)}, nil
}

func ctxQuery(ctx context.Context, id int) ([]item, error) {
	items, err := itemsOf(id)
	ctxLogger(ctx).InfoContext(ctx, "query", "items", len(items))
	return items, err
}

func ctxPrice(ctx context.Context, name string) int {
	price := priceOf(name, ctxUser(ctx))
	ctxLogger(ctx).InfoContext(ctx, "price", "item", name, "price", price)
	return price
}
