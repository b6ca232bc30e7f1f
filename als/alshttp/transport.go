package alshttp

import (
	"context"
	"net/http"

	"github.com/seed-1938943e/goroutine/als"
)

// A TransportOption configures [Transport]. It is the result of [Header], [HeaderFunc],
// [SendFields] or [AmbientContext].
type TransportOption interface {
	apply(*transport)
}

// Transport returns a RoundTripper that sends requests with base, or with
// [http.DefaultTransport] if that is nil. The request itself is not changed.
//
// base runs without stores, so that the goroutines of its connections, which serve other
// requests later, keep none, even if als/inherit is imported. Callbacks of the request
// have the stores of the caller of RoundTrip, on any goroutine on which base calls them:
// the hooks of an httptrace.ClientTrace in the request's context, GetBody, and Read and
// Close of a body that is neither bytes nor a file. A goroutine that reads the body of the
// response does so with its own stores.
//
// Callbacks of a connection and of base have no stores: Proxy, DialContext, those of TLS,
// and a RoundTripper that base wraps. A RoundTripper that needs the stores belongs around
// the Transport. A callback that gets the request or its context can take the sender's
// stores from [als.FromContext], if the sender used a context of [als.NewContext].
//
// It costs a switch of contexts, less than 100 ns (BenchmarkTransport), and what the
// options and callbacks allocate. It panics if an option is nil.
func Transport(base http.RoundTripper, opts ...TransportOption) http.RoundTripper {
	if base == nil {
		base = http.DefaultTransport
	}
	t := &transport{base: base}
	for _, o := range opts {
		if o == nil {
			panic("alshttp: Transport: an option is nil")
		}
		o.apply(t)
	}
	return t
}

// AmbientContext returns the option with which a [Transport] sends a request whose
// context is context.Background with the ambient context, [als.Context]: with its
// deadline, its cancellation and its values. Any other context stays. Work that is to
// go on after the request being served must give its requests one.
//
// Do not set the Timeout of an http.Client with this option: it gives each request its
// own context. Put the deadline into the ambient context, as http.TimeoutHandler around
// a [Handler] does, or pass a context made from als.Context.
func AmbientContext() TransportOption { return ambientContext{} }

type ambientContext struct{}

func (ambientContext) apply(t *transport) { t.ambient = true }

type transport struct {
	base    http.RoundTripper
	headers []header
	ambient bool
}

func (t *transport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	if t.ambient && r.Context() == context.Background() {
		if ctx := als.Context(); ctx != context.Background() {
			r = r.WithContext(ctx)
		}
	}
	sent, err := t.withHeaders(r)
	if err != nil {
		if r.Body != nil {
			r.Body.Close() // as every RoundTripper does
		}
		return nil, err
	}
	sent = withCallbacks(sent)
	als.ExecutionContext{}.Run(func() { resp, err = t.base.RoundTrip(sent) })
	return resp, err
}

// CloseIdleConnections is what [http.Client.CloseIdleConnections] calls.
func (t *transport) CloseIdleConnections() {
	if base, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		base.CloseIdleConnections()
	}
}
