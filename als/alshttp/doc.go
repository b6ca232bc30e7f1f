// Package alshttp connects package als with net/http: each request a server
// handles runs with stores made from it, and each request a client sends can carry
// stores in its headers.
//
//	var requestID als.Storage[string]
//	var session = alshttp.NewStore("session", sessionOf) // gone when the request ends
//
//	http.ListenAndServe(addr, alshttp.Handler(mux, session,
//		alshttp.With(&requestID, func(r *http.Request) string { return r.Header.Get("X-Request-Id") })))
//	// and anywhere below: requestID.Get(), session.Get()
//
// A request ID is no secret, and work after the answer wants it in its log lines, so
// it is in a plain storage. [NewStore] is for a session, a transaction or a tenant.
//
// # Servers
//
// A connection that is kept alive has one goroutine for all its requests. What one
// request leaves there, by EnterWith say, the next would find. Under [Handler] each
// request starts in a clean execution context and nothing is left after it, however
// it ends: by return, by a panic, http.ErrAbortHandler among them, or by
// [runtime.Goexit]. A panic passes, unless [Recover] handles it.
//
// The context of the request is the ambient one: [als.Context] returns it. It is the
// context that the Handler got. Middleware below the Handler that calls r.WithContext
// changes it for its own callees only; [als.RunContext] makes the new one ambient.
// Middleware whose context every callee should see belongs around the Handler:
//
//	otelhttp.NewHandler(alshttp.Handler(mux, requestID), "server") // als.Context() has the span
//
// The ResponseWriter is passed on unchanged, so that flushing, hijacking, deadlines
// and all else that it can do keep working.
//
// # The end of a request
//
// A request has ended when its handler has returned. What the Handler put in place is
// gone then for every goroutine, snapshot and bound function that captured it: the
// stores of [NewStore], and the ambient context, so that [als.Context] returns
// context.Background. Nothing keeps the request, its header or its context alive. This
// goes for work that the handler started and did not wait for, and for a connection
// that it hijacked and gave to another goroutine. A context that the handler itself put
// in place with als.RunContext stays.
//
// Work that is meant to go on after the answer is started with [als.Outlive]. It keeps
// the stores and the values of the request's context, and is not cancelled:
//
//	als.Outlive(func() { als.Go(sendReceipt) })()
//
// A store that all such work needs can be kept by its storage instead: see [With].
//
// http.TimeoutHandler runs its handler in a goroutine that it starts with a go
// statement, which carries no stores. So the Handler belongs inside:
//
//	http.TimeoutHandler(alshttp.Handler(h, requestID), time.Second, "")
//
// The ambient context is then that with the deadline. A handler that goes on after
// the deadline keeps its stores until it ends.
//
// # Clients
//
// [Transport] sends requests. [Header] and [HeaderFunc] have it send a store along, and
// [AmbientContext] a request without a context with that of the request being served:
//
//	client := &http.Client{Transport: alshttp.Transport(nil,
//		alshttp.Header("X-Request-Id", requestID.Get), alshttp.AmbientContext())}
//
// A connection serves many requests, so its goroutines have the stores of none. What
// net/http calls for one request, on any goroutine, has those of its sender:
//
//	hooks of an httptrace.ClientTrace, GetBody, Read and Close of a body     the sender's
//	Proxy, Dial, DialContext, DialTLSContext, OnProxyConnectResponse,
//	GetProxyConnectHeader, callbacks of tls.Config, methods of a net.Conn    none
//	a RoundTripper inside the Transport                                      none
//	a RoundTripper around it, CheckRedirect, a CookieJar                     the sender's
//
// Those of the second line that get the request or its context can have the sender's stores
// carried: see [als.NewContext].
//
// # Slow requests
//
// Package alstrace makes a task of runtime/trace of each request, and writes the trace of
// one that took too long. Its handler belongs inside, so that a store can name the task:
//
//	alshttp.Handler(rec.Handler(mux), alshttp.With(&requestID, idOf))
//
// # What it costs
//
// A request costs two small allocations for its context, two for each [NewStore], none
// for each [With] of a store that fits into a few words, and some hundred nanoseconds.
// Four or more stores, or work that captures them, cost one allocation more. The
// benchmarks of this package measure it.
package alshttp
