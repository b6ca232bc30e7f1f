package alshttp

import (
	"net/http"

	"github.com/seed-1938943e/goroutine/als/alsfield"
)

// Fields returns the option with which a Handler reads the fields of a set from the
// headers of each request. trusted reports whether a request comes from a trusted
// sender; nil trusts none. Other senders may set only fields that are
// [alsfield.FromStrangers]. Values that are not accepted are dropped and counted
// ([alsfield.Set.Drops]).
//
// It panics if set is nil.
func Fields(set *alsfield.Set, trusted func(r *http.Request) bool) Option {
	if set == nil {
		panic("alshttp: Fields: set is nil")
	}
	if trusted == nil {
		trusted = func(*http.Request) bool { return false }
	}
	return fields{set, trusted}
}

type fields struct {
	set     *alsfield.Set
	trusted func(*http.Request) bool
}

func (f fields) apply(c *config) { c.stores = append(c.stores, f) }

func (f fields) around(next http.Handler, c config) http.Handler {
	return &fieldsHandler{f, next, c.recover}
}

// fieldsHandler is the handler that runs the next one with the received stores.
type fieldsHandler struct {
	fields
	next    http.Handler
	recover recoverer
}

func (h *fieldsHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if received, ok := h.receive(w, r); ok {
		received.Run(func() { h.next.ServeHTTP(w, r) })
	}
}

// receive reads the fields. It reports false if it recovered a panic.
func (h *fieldsHandler) receive(w http.ResponseWriter, r *http.Request) (received alsfield.Received, ok bool) {
	if h.recover != nil {
		defer h.recover.handle(w, r)
	}
	return h.set.Receive(r.Header, alsfield.Sender(h.trusted(r))), true
}

// SendFields returns the option with which a [Transport] sends the fields of a set, with
// the sender's current stores. A header that the request already has stays. A field
// without a store, or beyond its limits, is not sent.
//
// It panics if set is nil.
func SendFields(set *alsfield.Set) TransportOption {
	if set == nil {
		panic("alshttp: SendFields: set is nil")
	}
	var sent sentFields
	for _, f := range set.Fields() {
		sent = append(sent, newHeader("SendFields", f.Name(), notEmpty(f.Value)))
	}
	return sent
}

type sentFields []header

func (f sentFields) apply(t *transport) { t.headers = append(t.headers, f...) }
