// Package alshttp connects package als with net/http: a server handles each request
// with stores made from it, and a client can send stores in headers.
//
//	var requestID als.Storage[string]
//	var session = alshttp.NewStore("session", sessionOf) // gone when the request ends
//
//	http.ListenAndServe(addr, alshttp.Handler(mux, session,
//		alshttp.With(&requestID, func(r *http.Request) string { return r.Header.Get("X-Request-Id") })))
//	// and anywhere below: requestID.Get(), session.Get()
//
// The request ID is in a plain storage, because it is no secret and log lines after the
// answer need it. [NewStore] is for a session, a transaction or a tenant.
//
// # Servers
//
// A connection that is kept alive has one goroutine for all its requests. A store that
// one request leaves there, by EnterWith say, would be current in the next. Under
// [Handler] each request starts in a clean execution context and leaves no store,
// whether it ends by return, a panic (also http.ErrAbortHandler) or [runtime.Goexit]. A
// panic passes, unless [Recover] handles it.
//
// The context of the request is the ambient one: [als.Context] returns it. It is the
// context that the Handler got. Middleware below the Handler that calls r.WithContext
// changes it for its own callees only; [als.RunContext] makes the new one ambient.
// Middleware whose context every callee should see belongs around the Handler:
//
//	otelhttp.NewHandler(alshttp.Handler(mux, requestID), "server") // als.Context() has the span
//
// The ResponseWriter is passed on unchanged, so that flushing, hijacking, deadlines
// and its other methods keep working.
//
// # The end of a request
//
// A request has ended when its handler has returned. Then the stores of [NewStore] and
// the ambient context are gone for every goroutine, snapshot and bound function that
// captured them: [als.Context] returns context.Background. Nothing keeps the request,
// its header or its context alive. This holds also for work that the handler started
// and did not wait for, and for a connection that it hijacked and gave to another
// goroutine. A context that the handler itself set with als.RunContext stays.
//
// Start work that is meant to go on after the answer with [als.Outlive]. It keeps the
// stores and the values of the request's context, and is not canceled:
//
//	als.Outlive(func() { als.Go(sendReceipt) })()
//
// If all such work needs a store, put it in a storage without RevokeOnEnd: see [With].
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
// [Transport] sends requests. With [Header] and [HeaderFunc] it adds a store as a header.
// With [AmbientContext] a request without a context gets that of the request being
// served:
//
//	client := &http.Client{Transport: alshttp.Transport(nil,
//		alshttp.Header("X-Request-Id", requestID.Get), alshttp.AmbientContext())}
//
// A connection serves many requests, so its goroutines have the stores of none. Functions
// that net/http calls for one request, on any goroutine, have those of its sender:
//
//	hooks of an httptrace.ClientTrace, GetBody, Read and Close of a body     the sender's
//	Proxy, Dial, DialContext, DialTLSContext, OnProxyConnectResponse,
//	GetProxyConnectHeader, callbacks of tls.Config, methods of a net.Conn    none
//	a RoundTripper inside the Transport                                      none
//	a RoundTripper around it, CheckRedirect, a CookieJar                     the sender's
//
// A function without stores that gets the request or its context can take the sender's
// stores from the latter: see [als.NewContext].
//
// # Slow requests
//
// Package alstrace makes each request a task of runtime/trace, and writes the trace when
// one took too long. Its handler belongs inside, so that a store can name the task:
//
//	alshttp.Handler(rec.Handler(mux), alshttp.With(&requestID, idOf))
//
// # What it costs
//
// A request costs some hundred nanoseconds and two small allocations for its context.
// Each [NewStore] adds two allocations, each [With] of a store that fits into a few words
// none. Four or more stores, or work that captures them, cost one allocation more. The
// benchmarks of this package measure it.
package alshttp
