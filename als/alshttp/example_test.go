package alshttp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
)

// ask sends a request to a server as a user.
func ask(s *httptest.Server, user string) {
	r, err := http.NewRequest(http.MethodGet, s.URL, nil)
	if err != nil {
		panic(err)
	}
	r.Header.Set("X-User", user)
	resp, err := s.Client().Do(r)
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(resp.Body)
	fmt.Println(string(answer))
}

func userOf(r *http.Request) string { return r.Header.Get("X-User") }

// How does code below a handler know whose request it works for? The Handler makes a
// store from the request.
func ExampleHandler() {
	user := alshttp.NewStore("user", userOf)
	greeting := func() string { return "hello " + user.Get() } // has no parameter for it

	s := httptest.NewServer(alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, greeting())
	}), user))
	defer s.Close()

	ask(s, "alice")
	ask(s, "bob")
	// Output:
	// hello alice
	// hello bob
}

// Does a handler that sets a store leave it to the next request of the connection?
// Not under a Handler: each request starts clean.
func ExampleHandler_enterWith() {
	var cart als.Storage[string]
	s := httptest.NewServer(alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, before := cart.GetStore()
		cart.EnterWith("cart of " + userOf(r))
		fmt.Fprint(w, before, ", ", cart.Get())
	})))
	defer s.Close()

	ask(s, "alice")
	ask(s, "bob")
	// Output:
	// false, cart of alice
	// false, cart of bob
}

// Where does the Handler belong when there is a deadline? Inside the TimeoutHandler, which
// calls its handler on another goroutine.
func ExampleHandler_timeout() {
	user := alshttp.NewStore("user", userOf)
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, deadline := als.Context().Deadline()
		fmt.Fprint(w, user.Get(), ", deadline: ", deadline)
	})
	s := httptest.NewServer(http.TimeoutHandler(alshttp.Handler(h, user), time.Minute, "too slow"))
	defer s.Close()

	ask(s, "alice")
	// Output: alice, deadline: true
}

// Which context does als.Context return below middleware that calls r.WithContext? That
// of the Handler. RunContext makes another one ambient.
func ExampleHandler_withContext() {
	type tenantKey struct{}
	tenant := func() any { return als.Context().Value(tenantKey{}) } // has no parameter for ctx

	h := alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(context.WithValue(r.Context(), tenantKey{}, "acme"))
		fmt.Println(tenant())
		als.RunContext(r.Context(), func() { fmt.Println(tenant()) })
	}))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	// Output:
	// <nil>
	// acme
}

// What does a goroutine see when its request has ended? No store of NewStore, and no
// context to be canceled.
func ExampleHandler_end() {
	user := alshttp.NewStore("user", userOf)
	var later func()
	h := alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		later = als.Bind(func() { fmt.Printf("%q %v\n", user.Get(), als.Context()) })
		fmt.Printf("%q\n", user.Get())
	}), user)

	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-User", "alice")
	h.ServeHTTP(httptest.NewRecorder(), r)
	later()
	// Output:
	// "alice"
	// "" context.Background
}

// How does work after the answer keep the stores without being canceled? Start it with
// Outlive.
func ExampleHandler_outlive() {
	user := alshttp.NewStore("user", userOf)
	answered, mailed := make(chan bool), make(chan bool)
	mail := func() {
		<-answered
		fmt.Printf("mail to %s, %v\n", user.Get(), als.Context().Err())
		close(mailed)
	}
	h := alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		als.Outlive(func() { als.Go(mail) })()
	}), user)

	ctx, cancel := context.WithCancel(context.Background())
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	r.Header.Set("X-User", "alice")
	h.ServeHTTP(httptest.NewRecorder(), r)
	cancel() // as net/http does after the answer
	close(answered)
	<-mailed
	// Output: mail to alice, <nil>
}

// How does the log line of a panic get the request ID? Recover calls its function while
// the stores of the request are still current.
func ExampleRecover() {
	user := alshttp.NewStore("user", userOf)
	s := httptest.NewServer(alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		panic("out of stock")
	}), user, alshttp.Recover(func(w http.ResponseWriter, _ *http.Request, recovered any) {
		fmt.Printf("request of %s: %v\n", user.Get(), recovered) // and debug.Stack()
		http.Error(w, "sorry", http.StatusInternalServerError)
	})))
	defer s.Close()

	ask(s, "alice")
	// Output:
	// request of alice: out of stock
	// sorry
}

// How do I use it with a router that takes middleware? Middleware returns one.
func ExampleMiddleware() {
	user := alshttp.NewStore("user", userOf)
	use := []func(http.Handler) http.Handler{alshttp.Middleware(user)} // router.Use

	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, user.Get()) })
	for _, middleware := range use {
		h = middleware(h)
	}
	s := httptest.NewServer(h)
	defer s.Close()

	ask(s, "alice")
	// Output: alice
}

// What does work see that goes on after the request? A storage without RevokeOnEnd still
// has its store, one of NewStore has none.
func ExampleWith() {
	session := alshttp.NewStore("session", userOf)
	var user als.Storage[string]
	var later als.ExecutionContext
	h := alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		later = als.Snapshot()
	}), session, alshttp.With(&user, userOf))

	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-User", "alice")
	h.ServeHTTP(httptest.NewRecorder(), r)
	later.Run(func() { fmt.Printf("%q %q\n", user.Get(), session.Get()) })
	// Output: "alice" ""
}

// What if the middleware of a route makes a store that the server's has made already? The
// inner store hides the outer one. With Reuse the outer one stays.
func ExampleReuse() {
	user := alshttp.NewStore("user", userOf)
	guest := alshttp.With(user.Storage, func(*http.Request) string { return "guest" })
	show := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fmt.Println(user.Get()) })

	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-User", "alice")
	for _, route := range []http.Handler{
		alshttp.Handler(show, guest),
		alshttp.Handler(show, guest, alshttp.Reuse()),
	} {
		alshttp.Handler(route, user).ServeHTTP(httptest.NewRecorder(), r)
	}
	// Output:
	// guest
	// alice
}

// How does a server pass the ID of its request on to a backend? A Transport adds it to
// the headers.
func ExampleTransport() {
	backend := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println("backend asked for", r.Header.Get("X-User"))
	}))
	defer backend.Close()
	user := alshttp.NewStore("user", userOf)
	client := &http.Client{Transport: alshttp.Transport(nil, alshttp.Header("X-User", user.Get))}

	s := httptest.NewServer(alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if resp, err := client.Get(backend.URL); err == nil {
			resp.Body.Close()
		}
		io.WriteString(w, "done")
	}), user))
	defer s.Close()

	ask(s, "alice")
	// Output:
	// backend asked for alice
	// done
}

// How is a number sent, and an absent one not sent as 0? HeaderFunc takes a function that
// reports whether there is a value.
func ExampleHeaderFunc() {
	backend := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Header.Values("X-Tenant"))
	}))
	defer backend.Close()
	var tenant als.Storage[int]
	client := &http.Client{Transport: alshttp.Transport(nil, alshttp.HeaderFunc("X-Tenant", func() (string, bool) {
		id, ok := tenant.GetStore()
		return strconv.Itoa(id), ok
	}))}
	get := func() {
		if resp, err := client.Get(backend.URL); err == nil {
			resp.Body.Close()
		}
	}

	tenant.Run(0, get)
	get()
	// Output:
	// [0]
	// []
}

// How does a request to a backend end with the request being served, although no function
// passes a context? AmbientContext sends it with the ambient one.
func ExampleAmbientContext() {
	backend := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		fmt.Println("not reached")
	}))
	defer backend.Close()
	client := &http.Client{Transport: alshttp.Transport(nil, alshttp.AmbientContext())}

	h := alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		_, err := client.Get(backend.URL)
		fmt.Println(errors.Is(err, context.Canceled))
	}))
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // the client that asked has gone
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	// Output: true
}

// Which stores does a Proxy function have? None, because a connection serves many
// requests. A context can carry the sender's.
func ExampleTransport_proxy() {
	var tenant als.Storage[string]
	base := &http.Transport{Proxy: func(r *http.Request) (*url.URL, error) {
		fmt.Printf("%q\n", tenant.Get())
		if sender, ok := als.FromContext(r.Context()); ok {
			sender.Run(func() { fmt.Printf("%q\n", tenant.Get()) })
		}
		return nil, errors.New("no proxy")
	}}
	client := &http.Client{Transport: alshttp.Transport(base)}
	tenant.Run("acme", func() {
		r, _ := http.NewRequestWithContext(als.NewContext(context.Background()), http.MethodGet, "http://localhost", nil)
		_, err := client.Do(r)
		fmt.Println(err)
	})
	// Output:
	// ""
	// "acme"
	// Get "http://localhost": no proxy
}
