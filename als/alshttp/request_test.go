package alshttp_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"
	"weak"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alshttp"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
)

type userKey struct{}

// contextual is middleware that puts the request's ID into its context.
func contextual(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, idOf(r))))
	})
}

// ambient describes the ambient context of the caller.
func ambient() string {
	if als.Context() == context.Background() {
		return "none"
	}
	return fmt.Sprint(als.Context().Value(userKey{}), " ", als.Context().Err())
}

// The first request starts a worker that serves the jobs of later ones, too.
func TestAWorkerThatARequestStartedSeesNoOtherRequest(t *testing.T) {
	for _, http2 := range []bool{false, true} {
		t.Run(fmt.Sprint("http2=", http2), func(t *testing.T) {
			user := alshttp.NewStore("user", idOf)
			jobs := make(chan chan string)
			defer close(jobs)
			var start sync.Once
			returned := make(chan bool, 1)
			inner := alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				start.Do(func() {
					als.Go(func() {
						for job := range jobs {
							job <- user.Get() + " " + ambient()
						}
					})
				})
				job := make(chan string)
				jobs <- job
				fmt.Fprint(w, <-job)
			}), user)
			s := httptest.NewUnstartedServer(contextual(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				inner.ServeHTTP(w, r)
				returned <- true
			})))
			s.EnableHTTP2 = http2
			s.StartTLS()
			defer s.Close()
			assert.Equal(t, "alice alice <nil>", get(t, s, "alice"), "the request that started it")
			<-returned
			for range 3 {
				assert.Equal(t, " none", get(t, s, "bob"))
				<-returned
			}
		})
	}
}

// However the handler ends, its context is gone from everything that captured it.
func TestTheAmbientContextIsGoneWhenTheRequestHasEnded(t *testing.T) {
	for how, end := range map[string]func(){
		"return": func() {},
		"panic":  func() { panic("panic") },
		"abort":  func() { panic(http.ErrAbortHandler) },
		"Goexit": runtime.Goexit,
	} {
		t.Run(how, func(t *testing.T) {
			var captured als.ExecutionContext
			var bound func()
			seen, ended := make(chan string), make(chan bool)
			h := contextual(alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				captured, bound = als.Snapshot(), als.Bind(func() { seen <- ambient() })
				captured.Run(func() { assert.Equal(t, "1 <nil>", ambient()) })
				als.Go(func() {
					seen <- ambient()
					<-ended
					seen <- ambient()
				})
				assert.Equal(t, "1 <nil>", <-seen)
				end()
			})))
			testkit.InGoroutine(func() {
				defer func() { recover() }()
				handle(h, "1")
			})
			captured.Run(func() { assert.Equal(t, "none", ambient()) })
			go bound()
			assert.Equal(t, "none", <-seen)
			close(ended)
			assert.Equal(t, "none", <-seen)
		})
	}
}

// The context of an inner Handler is gone when that ends. The context of the outer one,
// which has not ended, replaces it.
func TestTheAmbientContextOfANestedHandlerIsGoneWithIt(t *testing.T) {
	var captured als.ExecutionContext
	inner := alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		assert.Equal(t, "inner <nil>", ambient())
		captured = als.Snapshot()
	}))
	handle(contextual(alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, "inner")))
		assert.Equal(t, "1 <nil>", ambient())
		captured.Run(func() { assert.Equal(t, "1 <nil>", ambient()) })
	}))), "1")
	captured.Run(func() { assert.Equal(t, "none", ambient()) })
}

func TestTheContextOfARunContextStays(t *testing.T) {
	mine := context.WithValue(context.Background(), userKey{}, "mine")
	var inside, around als.ExecutionContext
	nested := alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		assert.Equal(t, "1 <nil>", ambient(), "a Handler's request, not the RunContext around it")
		als.RunContext(mine, func() { inside = als.Snapshot() })
	}))
	handle(contextual(alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		als.RunContext(mine, func() {
			assert.Equal(t, "mine <nil>", ambient())
			around = als.Snapshot()
			nested.ServeHTTP(w, r)
			assert.Equal(t, "mine <nil>", ambient())
		})
		assert.Equal(t, "1 <nil>", ambient())
	}))), "1")
	for _, c := range []als.ExecutionContext{inside, around} {
		c.Run(func() { assert.Equal(t, "mine <nil>", ambient()) })
	}
}

// Middleware below the Handler that changes the context of the request does not change
// the ambient one.
func TestTheAmbientContextIsThatOfTheHandler(t *testing.T) {
	below := contextual(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "1", r.Context().Value(userKey{}))
		assert.Equal(t, "<nil> <nil>", ambient())
		als.RunContext(r.Context(), func() { assert.Equal(t, "1 <nil>", ambient()) })
	}))
	inPlace := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		was := als.Context()
		*r = *r.WithContext(context.WithValue(r.Context(), userKey{}, idOf(r)))
		assert.True(t, was == als.Context(), "also if the request is changed in place")
		below.ServeHTTP(w, r)
	})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel() // with context.Background, ambient would return "none"
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
	r.Header.Set("X-Request-Id", "1")
	alshttp.Handler(inPlace).ServeHTTP(httptest.NewRecorder(), r)
}

// A request, its header and its context are garbage once it has ended. A goroutine, a
// snapshot, a bound function, a timer and a context.Context that captured its stores do
// not keep them alive.
func TestNothingKeepsARequestAliveWhenItHasEnded(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	end, ended := make(chan bool), make(chan bool)
	var captured als.ExecutionContext
	var bound func()
	var timer *time.Timer
	var carrier context.Context
	h := alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hold := func() { <-end; ended <- true }
		als.Go(hold)
		go hold() // captures where plain go statements do
		captured, bound, timer, carrier = als.Snapshot(), als.Bind(func() {}), als.AfterFunc(time.Hour, func() {}), als.NewContext(context.Background())
		alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			als.Go(hold)
		}), id).ServeHTTP(w, r)
	}), id)

	var request weak.Pointer[http.Request]
	var secret weak.Pointer[[1]string]
	var value weak.Pointer[[9]int]
	testkit.InGoroutine(func() {
		v := new([9]int)
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header["Authorization"] = []string{"secret"}
		r = r.WithContext(context.WithValue(r.Context(), userKey{}, v))
		request, secret, value = weak.Make(r), weak.Make((*[1]string)(r.Header["Authorization"])), weak.Make(v)
		h.ServeHTTP(httptest.NewRecorder(), r)
	})
	testkit.Garbage(t, "the request", request)
	testkit.Garbage(t, "its header", secret)
	testkit.Garbage(t, "its context", value)
	for range 3 {
		end <- true
		<-ended
	}
	timer.Stop()
	runtime.KeepAlive(bound)
	runtime.KeepAlive(carrier)
	captured.Run(func() { assert.Equal(t, "none", ambient()) })
}

// Goroutines that outlive their request ask for its context while the memory behind it
// serves other requests.
func TestContextsOfManyRequestsAreNotMixedUp(t *testing.T) {
	requests := testkit.Scaled(t, 2000)
	stop := make(chan bool)
	var outliving, serving sync.WaitGroup
	h := contextual(alshttp.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mine := idOf(r) + " <nil>"
		if !assert.Equal(t, mine, ambient()) {
			return
		}
		asked := make(chan bool)
		outliving.Add(1)
		als.Go(func() {
			defer outliving.Done()
			ok := true
			for i := 0; ok; i++ {
				if i == 3 {
					close(asked)
				}
				select {
				case <-stop:
					assert.Equal(t, "none", ambient())
					return
				default:
					// One call only: the request may end between two.
					got := als.Context()
					ok = got == context.Background() && i >= 3 || assert.Equal(t, idOf(r), got.Value(userKey{}))
					ok = ok && i < 100
					runtime.Gosched()
				}
			}
		})
		<-asked
	})))
	for range 4 {
		serving.Add(1)
		go func() {
			defer serving.Done()
			for i := range requests / 4 {
				handle(h, strconv.Itoa(i))
			}
		}()
	}
	serving.Wait()
	close(stop)
	outliving.Wait()
}

// Work that outlives its request keeps the stores and the values of the context, and
// nothing of the request itself.
func TestWorkThatOutlivesItsRequest(t *testing.T) {
	id := alshttp.NewStore("request ID", idOf)
	var work func()
	var request weak.Pointer[http.Request]
	testkit.InGoroutine(func() {
		ctx, cancel := context.WithCancel(context.WithValue(context.Background(), userKey{}, "1"))
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil)
		r.Header.Set("X-Request-Id", "1")
		request = weak.Make(r)
		alshttp.Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			work = als.Outlive(func() { assert.Equal(t, "1 1 <nil>", id.Get()+" "+ambient()) })
		}), id).ServeHTTP(httptest.NewRecorder(), r)
		cancel()
	})
	testkit.Garbage(t, "the request", request)
	testkit.InGoroutine(work)
	testkit.Through(als.Go, work)
}
