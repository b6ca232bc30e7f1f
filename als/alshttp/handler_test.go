package alshttp_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"github.com/seed-1938943e/goroutine"
	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/internal/race"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The handlers of one connection run on one goroutine, one after the other. The second
// must find no store of the first, however the first set it.
func TestNothingBleedsIntoTheNextRequestOfAConnection(t *testing.T) {
	var user als.Storage[string]
	id := alshttp.NewStore("request ID", idOf)
	var scopes als.Storage[int]
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		found, bled := user.GetStore()
		_, scoped := scopes.GetStore()
		fmt.Fprintf(w, "%d %s %s %t %t", goroutine.ID(), id.Get(), found, bled, scoped)
		user.EnterWith("user of " + id.Get())
		id.EnterWith("spoilt")
		scopes.WithScope(1)
		als.Snapshot()
		user.EnterWith("changed after a capture")
	})

	kept := serve(t, alshttp.Handler(h, id))
	first := get(t, kept, "1")
	on := goroutineOf(t, first)
	assert.Equal(t, on+" 1  false false", first)
	for i := 2; i < 20; i++ {
		require.Equal(t, fmt.Sprintf("%s %d  false false", on, i), get(t, kept, strconv.Itoa(i)), "same goroutine, nothing left")
	}

	control := serve(t, h)
	get(t, control, "1")
	assert.Contains(t, get(t, control, "2"), "changed after a capture true", "without the Handler it bleeds")
}

func goroutineOf(t *testing.T, answer string) (id string) {
	_, err := fmt.Sscan(answer, &id)
	require.NoError(t, err)
	return id
}

func TestEveryRequestSeesItsOwnStore(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprint("http2=", http2), func(t *testing.T) {
			id := alshttp.NewStore("request ID", idOf)
			const requests = 50
			var inside sync.WaitGroup // all at once
			inside.Add(requests)
			s := httptest.NewUnstartedServer(alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				before := id.Get()
				inside.Done()
				inside.Wait()
				below := make(chan string)
				als.Go(func() { below <- id.Get() })
				fmt.Fprint(w, r.ProtoMajor, before, <-below, id.Get())
			}), id))
			s.EnableHTTP2 = http2
			s.Config.ErrorLog = quiet
			s.StartTLS()
			defer s.Close()
			major := "1"
			if http2 {
				major = "2"
			}
			var answered sync.WaitGroup
			for i := range requests {
				answered.Add(1)
				go func() {
					defer answered.Done()
					want := "-" + strconv.Itoa(i)
					assert.Equal(t, major+want+want+want, get(t, s, want))
				}()
			}
			answered.Wait()
		})
	}
}

func TestStoresAreMadeInOrderAndSeeTheEarlierOnes(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	length := alshttp.NewStore("length", func(r *http.Request) int {
		assert.True(t, als.Context() == r.Context())
		return len(id.Get())
	})
	h := alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, id.Get(), " ", length.Get())
	}), id, length)
	assert.Equal(t, "four 4", handle(h, "four"))
	assert.Equal(t, "request ID", id.Name())
}

func TestAStoreIsGoneWhenItsRequestHasEnded(t *testing.T) {
	revoked := alshttp.NewStore("revoked", idOf)
	kept := alshttp.With(new(als.Storage[string]), idOf)
	returned, seen := make(chan struct{}), make(chan string)
	h := alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		als.Go(func() {
			seen <- revoked.Get() + " " + kept.Get()
			<-returned
			seen <- revoked.Get() + " " + kept.Get()
		})
		assert.Equal(t, "1 1", <-seen)
	}), revoked, kept)
	s := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r)
		close(returned)
	}))
	get(t, s, "1")
	assert.Equal(t, " 1", <-seen)
}

func TestTheCallersStoresAreHiddenAndRestored(t *testing.T) {
	var outer als.Storage[string]
	id := alshttp.NewStore("request ID", idOf)
	h := alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, ok := outer.GetStore()
		fmt.Fprint(w, id.Get(), ok)
		outer.EnterWith("inner")
	}), id)
	outer.Run("outer", func() {
		assert.Equal(t, "1false", handle(h, "1"))
		assert.Equal(t, "outer", outer.Get())
		_, ok := id.GetStore()
		assert.False(t, ok)
	})
}

func TestPanicsAndGoexitPassAndLeaveNothing(t *testing.T) {
	var left als.Storage[string]
	id := alshttp.NewStore("request ID", idOf)
	end := map[string]func(){
		"panic": func() { panic("panic") },
		"abort": func() { panic(http.ErrAbortHandler) },
	}
	h := alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, bled := left.GetStore()
		fmt.Fprint(w, id.Get(), bled)
		left.EnterWith("left")
		if f := end[id.Get()]; f != nil {
			f()
		} else if id.Get() == "goexit" {
			runtime.Goexit()
		}
	}), id)

	left.Run("mine", func() {
		assert.Equal(t, "panic", testkit.Caught(func() { handle(h, "panic") }))
		assert.Equal(t, http.ErrAbortHandler, testkit.Caught(func() { handle(h, "abort") }))
		assert.Equal(t, "mine", left.Get())
	})
	testkit.InGoroutine(func() {
		defer func() {
			_, ok := left.GetStore()
			assert.False(t, ok)
		}()
		handle(h, "goexit")
	})

	s := serve(t, h)
	for _, how := range []string{"panic", "abort"} {
		_, err := s.Client().Do(request(t, s, how))
		assert.ErrorIs(t, err, io.EOF)
		assert.Equal(t, "finefalse", get(t, s, "fine"))
	}
}

func TestTheResponseWriterAndTheRequestArePassedOn(t *testing.T) {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	called := false
	alshttp.Handler(http.HandlerFunc(func(w2 http.ResponseWriter, r2 *http.Request) {
		called = true
		assert.True(t, w2 == http.ResponseWriter(w) && r2 == r)
		assert.True(t, als.Context() == r.Context())
	}), alshttp.NewStore("request ID", idOf)).ServeHTTP(w, r)
	assert.True(t, called)
}

func TestARequestCostsFourAllocations(t *testing.T) {
	if race.Enabled || inheriting {
		t.Skip("the race detector and inheritance allocate")
	}
	id := alshttp.NewStore("request ID", idOf)
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for _, c := range []struct {
		h    http.Handler
		want float64
	}{
		{alshttp.Handler(http.NotFoundHandler()), 2},
		{alshttp.Handler(http.NotFoundHandler(), alshttp.With(new(als.Storage[string]), idOf)), 2},
		{alshttp.Handler(http.NotFoundHandler(), id), 4},
	} {
		nothing := http.NotFoundHandler()
		w := noWriter{http.Header{}}
		testkit.InGoroutine(func() {
			base := testing.AllocsPerRun(100, func() { nothing.ServeHTTP(w, r) })
			c.h.ServeHTTP(w, r)
			assert.Equal(t, base+c.want, testing.AllocsPerRun(100, func() { c.h.ServeHTTP(w, r) }))
		})
	}
}

func TestMisuse(t *testing.T) {
	h := http.NotFoundHandler()
	testkit.WantPanic(t, "alshttp: Handler: next is nil", func() { alshttp.Handler(nil) })
	testkit.WantPanic(t, "alshttp: Handler: an option is nil", func() { alshttp.Handler(h, nil) })
	testkit.WantPanic(t, "alshttp: Middleware: an option is nil", func() { alshttp.Middleware(nil) })
	testkit.WantPanic(t, "alshttp: Middleware: next is nil", func() { alshttp.Middleware()(nil) })
	testkit.WantPanic(t, "alshttp: NewStore: from is nil", func() { alshttp.NewStore[int]("n", nil) })
	testkit.WantPanic(t, "alshttp: Recover: fn is nil", func() { alshttp.Recover(nil) })
	testkit.WantPanic(t, "alshttp: With: from is nil", func() { alshttp.With(new(als.Storage[int]), nil) })
	testkit.WantPanic(t, "alshttp: With: storage is nil", func() { alshttp.With(nil, idOf) })
	testkit.WantPanic(t, "alshttp: Handler: an option is a Store that neither NewStore nor With made", func() { alshttp.Handler(h, new(alshttp.Store[int])) })
	testkit.WantPanic(t, "alshttp: Middleware: an option is a Store that neither NewStore nor With made", func() { alshttp.Middleware((*alshttp.Store[int])(nil)) })
	testkit.WantPanic(t, "alshttp: Transport: an option is nil", func() { alshttp.Transport(nil, nil) })
	testkit.WantPanic(t, "alshttp: Header: name is empty", func() { alshttp.Header("", func() string { return "" }) })
	testkit.WantPanic(t, "alshttp: Header: value is nil", func() { alshttp.Header("n", nil) })
	testkit.WantPanic(t, "alshttp: HeaderFunc: name is empty", func() { alshttp.HeaderFunc("", new(als.Storage[string]).GetStore) })
	testkit.WantPanic(t, "alshttp: HeaderFunc: value is nil", func() { alshttp.HeaderFunc("n", nil) })
	for _, name := range []string{"a b", "a:", "a\n", "ä", "a\x00"} {
		testkit.WantPanic(t, "alshttp: Header: name is not a valid header name", func() { alshttp.Header(name, func() string { return "" }) })
		testkit.WantPanic(t, "alshttp: HeaderFunc: name is not a valid header name", func() { alshttp.HeaderFunc(name, new(als.Storage[string]).GetStore) })
	}
}
