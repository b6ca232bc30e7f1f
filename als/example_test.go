package als_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	"github.com/seed-1938943e/goroutine/als"
)

// How does a function deep down learn whose request it works for, without a
// parameter? Run makes the store current for everything that its function calls.
func ExampleStorage_Run() {
	var requestID als.Storage[string]

	log := func(msg string) { fmt.Printf("%s: %s\n", requestID.Get(), msg) }
	handle := func() { log("handled") }

	requestID.Run("42", func() {
		log("start")
		handle()
	})
	_, ok := requestID.GetStore()
	fmt.Println("afterwards:", ok)
	// Output:
	// 42: start
	// 42: handled
	// afterwards: false
}

// A Foo does its work in the execution context in which it was made.
type Foo struct {
	storage *als.Storage[int]
	made    als.ExecutionContext
}

func NewFoo(s *als.Storage[int]) *Foo { return &Foo{s, als.Snapshot()} }

func (f *Foo) Get() (store int) {
	f.made.Run(func() { store = f.storage.Get() })
	return store
}

// How does an object keep the stores that were current when it was made? It takes
// a snapshot, and its methods run in that.
func ExampleStorage_Run_snapshot() {
	var s als.Storage[int]

	foo := als.RunFunc(&s, 123, func() *Foo { return NewFoo(&s) })
	fmt.Println(als.RunFunc(&s, 321, foo.Get))
	// Output: 123
}

// How long does the store of an EnterWith last? Until the goroutine ends or an enclosing
// Run restores.
func ExampleStorage_EnterWith() {
	var user als.Storage[string]
	login := func() { user.EnterWith("alice") }

	user.Run("anonymous", func() {
		login() // its caller sees it, too
		fmt.Println(user.Get())
	})
	_, ok := user.GetStore()
	fmt.Println("after Run:", ok)
	// Output:
	// alice
	// after Run: false
}

// How do I run a function without the store, such as a query outside of the transaction?
// Exit hides the store from the function and from goroutines that it starts.
func ExampleStorage_Exit() {
	var tx als.Storage[string]

	tx.Run("transaction 1", func() {
		tx.Exit(func() {
			_, ok := tx.GetStore()
			fmt.Println("inside:", ok)
		})
		fmt.Println("after:", tx.Get())
	})
	// Output:
	// inside: false
	// after: transaction 1
}

// How do I remove a store from all goroutines at once? Disable exits all contexts of a
// storage, snapshots included.
func ExampleStorage_Disable() {
	var s als.Storage[string]

	s.Run("secret", func() {
		snapshot := als.Snapshot()
		s.Disable()
		snapshot.Run(func() { fmt.Printf("%q\n", s.Get()) })
		s.Run("another", func() { fmt.Printf("%q\n", s.Get()) })
	})
	// Output:
	// ""
	// "another"
}

// How do I set a store without a closure? WithScope sets it until End, which a defer
// statement calls.
func ExampleStorage_WithScope() {
	var span als.Storage[string]

	query := func() {
		defer span.WithScope("query").End()
		fmt.Println(span.Get())
	}
	handle := func() {
		defer span.WithScope("handle").End()
		query()
		fmt.Println(span.Get())
	}
	handle()
	// Output:
	// query
	// handle
}

// How does work that goes on in the background keep the stores? Start it with Go.
func ExampleGo() {
	var tenant als.Storage[string]
	done := make(chan struct{})

	tenant.Run("acme", func() {
		als.Go(func() {
			defer close(done)
			tenant.EnterWith(tenant.Get() + "/background") // for this goroutine only
			fmt.Println(tenant.Get())
		})
		<-done
		fmt.Println(tenant.Get())
	})
	// Output:
	// acme/background
	// acme
}

// In which context does a callback run? In that of its caller, unless Bind ties it to the
// context of the Bind call.
func ExampleBind() {
	var s als.Storage[string]
	var onClose []func()

	s.Run("registered", func() {
		onClose = append(onClose,
			als.Bind(func() { fmt.Println("bound:", s.Get()) }),
			func() { fmt.Println("not bound:", s.Get()) },
		)
	})
	s.Run("called", func() {
		for _, f := range onClose {
			f()
		}
	})
	// Output:
	// bound: registered
	// not bound: called
}

// How does every request see a store that main set? Bind the handler: functions of all
// types can be bound.
func ExampleBind_handler() {
	var version als.Storage[string]

	var handler http.HandlerFunc
	version.Run("v2", func() {
		handler = als.Bind(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, "%s served by %s", r.URL.Path, version.Get())
		}))
	})

	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/users", nil))
	fmt.Println(w.Body)
	// Output: /users served by v2
}

// Does a timer's function see the stores of the goroutine that set the timer? With
// als.AfterFunc it does.
func ExampleAfterFunc() {
	var job als.Storage[string]
	fired := make(chan struct{})

	job.Run("nightly", func() {
		als.AfterFunc(time.Millisecond, func() {
			fmt.Println("timeout of", job.Get())
			close(fired)
		})
	})
	<-fired
	// Output: timeout of nightly
}

// Which stores does a debounced function see, when each call resets the timer? Those of
// the AfterFunc call, however often it is reset.
func ExampleAfterFunc_reset() {
	var document als.Storage[string]
	saved := make(chan string)

	var timer *time.Timer
	document.Run("draft", func() {
		timer = als.AfterFunc(time.Hour, func() { saved <- document.Get() })
	})
	for range 2 {
		timer.Reset(time.Millisecond) // at each keystroke, from any goroutine
		fmt.Println("saved", <-saved)
	}
	// Output:
	// saved draft
	// saved draft
}

// How do I run later work in the current context? Take a Snapshot and run in it.
func ExampleSnapshot() {
	var s als.Storage[int]

	var snapshot als.ExecutionContext
	s.Run(123, func() { snapshot = als.Snapshot() })
	s.Run(321, func() {
		snapshot.Run(func() { fmt.Println(s.Get()) })
		fmt.Println(s.Get())
	})
	// Output:
	// 123
	// 321
}

// How do stores get through code that knows only context.Context? NewContext puts
// them in and FromContext takes them out.
func ExampleNewContext() {
	var requestID als.Storage[string]

	library := func(ctx context.Context, callback func(context.Context)) {
		done := make(chan struct{})
		go func() { // no stores here, but ctx
			defer close(done)
			callback(ctx)
		}()
		<-done
	}

	requestID.Run("42", func() {
		library(als.NewContext(context.Background()), func(ctx context.Context) {
			if c, ok := als.FromContext(ctx); ok {
				c.Run(func() { fmt.Println(requestID.Get()) })
			}
		})
	})
	// Output: 42
}

// Which context does a function pass on if it has no parameter for one? The ambient one,
// which RunContext set.
func ExampleRunContext() {
	connect := func(ctx context.Context) { fmt.Println(ctx.Err()) }
	reload := func() { connect(als.Context()) } // has no parameter for it

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	als.RunContext(ctx, reload)
	reload()
	// Output:
	// context canceled
	// <nil>
}

// How do I keep a request's secret from a worker that outlives the request? With
// RevokeOnEnd the end of the Run revokes it for every goroutine that captured it.
func ExampleOptions_revokeOnEnd() {
	token := als.New(als.Options[string]{RevokeOnEnd: true, Default: "none"})
	ended, done := make(chan struct{}), make(chan struct{})

	token.Run("s3cret", func() {
		started := make(chan struct{})
		als.Go(func() {
			fmt.Println("during the request:", token.Get())
			close(started)
			<-ended
			fmt.Println("after it:", token.Get())
			close(done)
		})
		<-started
	})
	close(ended)
	<-done
	// Output:
	// during the request: s3cret
	// after it: none
}

// How does a log line show a store with the same text as a profile? Label returns the
// text that Options.Label returns for the store.
func ExampleStorage_Label() {
	type order struct{ ID int }
	orders := als.New(als.Options[order]{
		Name:  "order",
		Label: func(o order) string { return fmt.Sprintf("o-%d", o.ID) },
	})

	orders.Run(order{42}, func() { fmt.Printf("%s=%s\n", orders.Name(), orders.Label()) })
	// Output: order=o-42
}

// What does a Storage return if there is no store? The zero value, or the Default of its
// Options. The Name appears in reports and logs.
func ExampleNew() {
	level := als.New(als.Options[string]{Name: "log level", Default: "info"})

	fmt.Printf("%s: %s\n", level.Name(), level.Get())
	level.Run("", func() { // a zero store is a store
		store, ok := level.GetStore()
		fmt.Printf("%q %t\n", store, ok)
	})
	// Output:
	// log level: info
	// "" true
}

// How do I get the result of a function under Run? RunFunc returns it.
func ExampleRunFunc() {
	var user als.Storage[string]
	greet := func() string { return "hello " + user.Get() }

	fmt.Println(als.RunFunc(&user, "alice", greet))
	// Output: hello alice
}

// And with a value and an error? RunFunc2 returns both.
func ExampleRunFunc2() {
	var tenant als.Storage[string]
	parse := func() (int, error) { return strconv.Atoi(tenant.Get()) }

	fmt.Println(als.RunFunc2(&tenant, "42", parse))
	fmt.Println(als.RunFunc2(&tenant, "acme", parse))
	// Output:
	// 42 <nil>
	// 0 strconv.Atoi: parsing "acme": invalid syntax
}

// How do I make sure that there is a store, such as the tenant of a query? Read it with
// Must, which panics without one and names the storage.
func ExampleStorage_Must() {
	tenant := als.New(als.Options[string]{Name: "tenant"})
	query := func() { fmt.Println("select from", tenant.Must()) }

	tenant.Run("acme", query)
	defer func() { fmt.Println(recover()) }()
	query()
	// Output:
	// select from acme
	// als: no store of tenant
}

// Does a small program have to make a Storage? No, the functions of the package use one
// that the whole program shares.
func ExampleDefault() {
	als.Run("42", func() {
		store, ok := als.GetStore()
		fmt.Println(store, ok)
		fmt.Println(als.Default().Get())
	})
	// Output:
	// 42 true
	// 42
}
