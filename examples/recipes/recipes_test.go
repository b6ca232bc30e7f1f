package main

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alslog"
	"github.com/seed-1938943e/goroutine/examples/internal/cli/clitest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// buy returns a handler of orders that calls do.
func buy(do func(item string)) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /buy/{item}", func(w http.ResponseWriter, r *http.Request) { do(r.PathValue("item")) })
	return mux
}

// send sends a request to the handler, and returns the answer.
func send(h http.Handler, id, user, item string) *http.Response {
	r := httptest.NewRequest(http.MethodPost, "/buy/"+item, nil)
	if id != "" {
		r.Header.Set("X-Request-Id", id)
	}
	if user != "" {
		r.Header.Set("X-User", user)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// logTo sends the log to standard output.
func logTo(opts ...alslog.Option) { slog.SetDefault(newLogger(withoutTime{os.Stdout}, opts...)) }

// docs/recipes/request-id.md
func Example_requestID() {
	logTo()
	h := withRequestID(buy(charge))
	send(h, "r-42", "", "bread")
	send(h, "r-43", "", "salt")
	// Output:
	// level=INFO msg=booked item=bread request=r-42
	// level=INFO msg=charged item=bread request=r-42
	// level=INFO msg=booked item=salt request=r-43
	// level=INFO msg=charged item=salt request=r-43
}

// docs/recipes/session.md
func Example_session() {
	logTo(sessionUser)
	h := withRequestID(withSession(buy(charge)))
	send(h, "r-42", "alice", "bread")
	send(h, "r-43", "", "salt")
	// Output:
	// level=INFO msg=booked item=bread request=r-42 user=alice
	// level=INFO msg=charged item=bread request=r-42 user=alice
	// level=WARN msg=refused error="no user" request=r-43
}

// docs/recipes/background.md
func Example_background() {
	logTo(sessionUser)
	h := withRequestID(withSession(buy(sendReceipt)))
	send(h, "r-42", "alice", "bread")
	background.Wait()
	send(h, "r-43", "bruno", "salt")
	background.Wait()
	// Output:
	// level=INFO msg=mailed to=alice item=bread request=r-42 user=alice
	// level=INFO msg=mailed to=bruno item=salt request=r-43 user=bruno
}

// docs/recipes/downstream.md
func Example_downstream() {
	logTo(sessionUser)
	stock := httptest.NewServer(shop(""))
	defer stock.Close()
	h := withRequestID(withSession(buy(func(item string) {
		if err := inStock(stock.URL, item); err != nil {
			slog.Warn("not sold", "error", err)
		}
	})))
	send(h, "r-42", "alice", "bread")
	send(h, "r-43", "bruno", "salt")
	// Output:
	// level=INFO msg=counted item=bread request=r-42
	// level=INFO msg=counted item=salt request=r-43
	// level=WARN msg="not sold" error="no salt in stock" request=r-43 user=bruno
}

func Example() {
	run(nil, os.Stdout, os.Stderr)
	// Output:
	// recipes: every line that a request causes has its ID, in the handler, after the answer and in the next server
	//
	// WRONG  without withRequestID, no line says which request it belongs to:
	//   level=INFO msg=counted item=bread
	//   level=INFO msg=booked item=bread user=alice
	//   level=INFO msg=charged item=bread user=alice
	//   level=INFO msg=mailed to=alice item=bread user=alice
	//   level=INFO msg=counted item=salt
	//   level=WARN msg=refused error="no user"
	//
	// RIGHT  with it, each line does, also those of the receipt and of the stock server:
	//   level=INFO msg=counted item=bread request=r-42
	//   level=INFO msg=booked item=bread request=r-42 user=alice
	//   level=INFO msg=charged item=bread request=r-42 user=alice
	//   level=INFO msg=mailed to=alice item=bread request=r-42 user=alice
	//   level=INFO msg=counted item=salt request=r-43
	//   level=WARN msg=refused error="no user" request=r-44
	//
	// Checked: every line has the ID of a request
}

func TestAPlainIDOfTheClientIsTaken(t *testing.T) {
	var saw string
	h := withRequestID(buy(func(string) { saw = requestID.Get() }))
	assert.Equal(t, "r-42", send(h, "r-42", "", "bread").Header.Get(idHeader))
	assert.Equal(t, "r-42", saw)
	for _, id := range []string{"", "a b", "a\nb", string(make([]byte, 65))} {
		told := send(h, id, "", "bread").Header.Get(idHeader)
		assert.Regexp(t, plainID, told)
		assert.NotEqual(t, id, told)
		assert.Equal(t, told, saw)
	}
	assert.NotEqual(t, send(h, "", "", "bread").Header, send(h, "", "", "bread").Header)
}

func TestTheSessionEndsWithTheRequest(t *testing.T) {
	var user, after string
	var ok bool
	ended, done := make(chan struct{}), make(chan struct{})
	resp := send(withRequestID(withSession(buy(func(string) {
		user = current.Get().user
		als.Go(func() {
			defer close(done)
			<-ended
			_, ok = current.GetStore()
			after = requestID.Get()
		})
	}))), "r-42", "alice", "bread")
	close(ended)
	<-done
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.Equal(t, "alice", user)
	assert.False(t, ok, "the session")
	assert.Equal(t, "r-42", after, "an ID is no secret")
}

func TestARefusedRequestIsNotServed(t *testing.T) {
	logTo()
	resp := send(withSession(buy(func(string) { t.Error("served") })), "", "", "bread")
	assert.Equal(t, http.StatusUnauthorized, resp.StatusCode)
}

func TestAStockServerThatFailsIsAnError(t *testing.T) {
	stock := httptest.NewServer(http.NotFoundHandler())
	defer stock.Close()
	assert.ErrorContains(t, inStock(stock.URL, "bread"), "stock: 404 Not Found")
	garbled := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("many")) }))
	defer garbled.Close()
	assert.ErrorContains(t, inStock(garbled.URL, "bread"), "stock: expected integer")
	assert.Error(t, inStock("http://127.0.0.1:0", "bread"))
	assert.Error(t, inStock(":", "bread"))
}

func TestACallDownstreamEndsWithTheRequest(t *testing.T) {
	asked, hungUp := make(chan struct{}), make(chan struct{})
	stock := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
		close(hungUp)
	}))
	defer stock.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		<-asked
		cancel()
	}()
	var err error
	h := withRequestID(buy(func(item string) { err = inStock(stock.URL, item) }))
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/buy/bread", nil).WithContext(ctx))
	assert.ErrorIs(t, err, context.Canceled)
	<-hungUp
}

func TestWorkAfterTheAnswerHasItsStores(t *testing.T) {
	answered, done := make(chan struct{}), make(chan struct{})
	var user, id string
	var err error
	ctx, cancel := context.WithCancel(context.Background())
	h := withRequestID(withSession(buy(func(string) {
		als.Go(als.Outlive(func() {
			defer close(done)
			<-answered
			user, id, err = current.Must().user, requestID.Get(), als.Context().Err()
		}))
	})))
	r := httptest.NewRequest(http.MethodPost, "/buy/bread", nil).WithContext(ctx)
	r.Header.Set(idHeader, "r-42")
	r.Header.Set("X-User", "alice")
	h.ServeHTTP(httptest.NewRecorder(), r)
	cancel() // as net/http does after the answer
	close(answered)
	<-done
	assert.Equal(t, "alice", user)
	assert.Equal(t, "r-42", id)
	assert.NoError(t, err)
}

func TestCommandLines(t *testing.T) {
	for _, c := range []struct {
		arg  string
		code int
	}{{"-nosuch", 2}, {"now", 2}, {"-addr=nowhere", 1}} {
		code, _, stderr := clitest.Execute(run, c.arg)
		assert.Equal(t, c.code, code)
		require.Len(t, stderr, 1)
		assert.Regexp(t, "^recipes: ", stderr[0])
	}
}
