package als_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The examples of Node's page on AsyncLocalStorage, in its order, with the output and
// results that it states.

func TestNodeLoggerAssignsIDsToRequests(t *testing.T) {
	var asyncLocalStorage als.Storage[int]
	var mu sync.Mutex
	var lines []string
	logWithID := func(msg string) {
		prefix := "-"
		if id, ok := asyncLocalStorage.GetStore(); ok {
			prefix = fmt.Sprint(id)
		}
		mu.Lock()
		defer mu.Unlock()
		lines = append(lines, prefix+": "+msg)
	}
	var idMu sync.Mutex
	idSeq := 0
	next := func() int {
		idMu.Lock()
		defer idMu.Unlock()
		defer func() { idSeq++ }()
		return idSeq
	}
	server := httptest.NewServer(http.HandlerFunc(func(res http.ResponseWriter, _ *http.Request) {
		asyncLocalStorage.Run(next(), func() {
			logWithID("start")
			// Imagine any chain of async operations here
			end := make(chan struct{})
			als.Go(func() {
				logWithID("finish")
				close(end)
			})
			<-end
		})
	}))
	defer server.Close()
	var wg sync.WaitGroup
	for range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			res, err := http.Get(server.URL)
			if assert.NoError(t, err) {
				res.Body.Close()
			}
		}()
	}
	wg.Wait()
	logWithID("over")
	slices.Sort(lines)
	assert.Equal(t, "-: over 0: finish 0: start 1: finish 1: start", strings.Join(lines, " "))
}

func TestNodeSnapshot(t *testing.T) {
	var asyncLocalStorage als.Storage[int]
	runInAsyncScope := als.RunFunc(&asyncLocalStorage, 123, als.Snapshot)
	result := als.RunFunc(&asyncLocalStorage, 321, func() (result int) {
		runInAsyncScope.Run(func() { result = asyncLocalStorage.Get() })
		return result
	})
	assert.Equal(t, 123, result)
}

type nodeFoo struct {
	storage         *als.Storage[int]
	runInAsyncScope als.ExecutionContext
}

func (f *nodeFoo) get() (store int) {
	f.runInAsyncScope.Run(func() { store = f.storage.Get() })
	return store
}

func TestNodeSnapshotInsteadOfAsyncResource(t *testing.T) {
	var asyncLocalStorage als.Storage[int]
	foo := als.RunFunc(&asyncLocalStorage, 123, func() *nodeFoo {
		return &nodeFoo{&asyncLocalStorage, als.Snapshot()}
	})
	assert.Equal(t, 123, als.RunFunc(&asyncLocalStorage, 321, foo.get))
}

func TestNodeBind(t *testing.T) {
	var asyncLocalStorage als.Storage[int]
	get := als.RunFunc(&asyncLocalStorage, 123, func() func() int { return als.Bind(asyncLocalStorage.Get) })
	assert.Equal(t, 123, als.RunFunc(&asyncLocalStorage, 321, get))
}

func TestNodeDisable(t *testing.T) {
	var asyncLocalStorage als.Storage[int]
	testkit.InGoroutine(func() {
		asyncLocalStorage.EnterWith(1)
		asyncLocalStorage.Disable()
		wantNone(t, &asyncLocalStorage)
		als.Run("another storage", func() { wantNone(t, &asyncLocalStorage) })
		asyncLocalStorage.Run(2, func() { wantStore(t, &asyncLocalStorage, 2) })
		asyncLocalStorage.EnterWith(3)
		wantStore(t, &asyncLocalStorage, 3)
	})
}

type nodeStore struct{ id int }

func TestNodeGetStoreOutsideIsUndefined(t *testing.T) {
	var asyncLocalStorage als.Storage[*nodeStore]
	store, ok := asyncLocalStorage.GetStore()
	assert.False(t, ok)
	assert.Nil(t, store)
}

func TestNodeEnterWith(t *testing.T) {
	var asyncLocalStorage als.Storage[*nodeStore]
	testkit.InGoroutine(func() {
		store := &nodeStore{id: 1}
		asyncLocalStorage.EnterWith(store)
		wantStore(t, &asyncLocalStorage, store)
		testkit.Through(als.Go, func() { wantStore(t, &asyncLocalStorage, store) })
	})
}

func TestNodeEnterWithInAnEventHandler(t *testing.T) {
	var asyncLocalStorage als.Storage[*nodeStore]
	testkit.InGoroutine(func() {
		store := &nodeStore{id: 1}
		calls := 0
		handlers := []func(){
			func() { calls++; asyncLocalStorage.EnterWith(store) },
			func() { calls++; wantStore(t, &asyncLocalStorage, store) },
		}
		wantNone(t, &asyncLocalStorage)
		for _, handler := range handlers { // emitter.emit
			handler()
		}
		wantStore(t, &asyncLocalStorage, store)
		assert.Equal(t, 2, calls)
	})
}

func TestNodeRunThrows(t *testing.T) {
	var asyncLocalStorage als.Storage[*nodeStore]
	store := &nodeStore{id: 2}
	thrown := errors.New("thrown")
	timeout := make(chan struct{})
	e := testkit.Caught(func() {
		asyncLocalStorage.Run(store, func() {
			wantStore(t, &asyncLocalStorage, store)
			als.AfterFunc(time.Millisecond, func() {
				defer close(timeout)
				wantStore(t, &asyncLocalStorage, store)
			})
			panic(thrown)
		})
	})
	wantNone(t, &asyncLocalStorage)
	assert.Same(t, thrown, e)
	<-timeout
}

func TestNodeExitThrows(t *testing.T) {
	var asyncLocalStorage als.Storage[*nodeStore]
	store := &nodeStore{id: 2}
	thrown := errors.New("thrown")
	asyncLocalStorage.Run(store, func() {
		wantStore(t, &asyncLocalStorage, store)
		e := testkit.Caught(func() {
			asyncLocalStorage.Exit(func() {
				wantNone(t, &asyncLocalStorage)
				panic(thrown)
			})
		})
		wantStore(t, &asyncLocalStorage, store)
		assert.Same(t, thrown, e)
	})
}

func TestNodeUsageWithAsyncAwait(t *testing.T) {
	var asyncLocalStorage als.Storage[map[string]string]
	foo := func() string { return asyncLocalStorage.Get()["key"] }
	fn := func() string {
		return als.RunFunc(&asyncLocalStorage, map[string]string{}, func() string {
			asyncLocalStorage.Get()["key"] = "value"
			var result string
			testkit.Through(als.Go, func() { result = foo() }) // awaited
			return result
		})
	}
	assert.Equal(t, "value", fn())
	wantNone(t, &asyncLocalStorage)
}

func TestNodeInstancesAreIndependent(t *testing.T) {
	var a, b als.Storage[int]
	a.Run(1, func() {
		b.Run(2, func() {
			b.Exit(func() { wantStore(t, &a, 1) })
			a.Disable()
			wantStore(t, &b, 2)
		})
	})
}

// The worker pool of the page: a task is bound to its submitter, not to the worker, nor
// to the task before.
func TestNodeWorkerPool(t *testing.T) {
	var asyncLocalStorage als.Storage[int]
	type task struct {
		a, b     int
		callback func(err error, result int)
	}
	tasks := make(chan task)
	var workers sync.WaitGroup
	for range 2 {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for task := range tasks {
				task.callback(nil, task.a+task.b)
			}
		}()
	}
	var mu sync.Mutex
	var finished []string
	for i := range 10 {
		asyncLocalStorage.Run(i, func() {
			tasks <- task{42, 100, als.Bind(func(err error, result int) {
				require.NoError(t, err)
				mu.Lock()
				defer mu.Unlock()
				finished = append(finished, fmt.Sprint(i, asyncLocalStorage.Get(), result))
			})}
		})
	}
	close(tasks)
	workers.Wait()
	slices.Sort(finished)
	for i := range 10 {
		assert.Equal(t, fmt.Sprint(i, i, 142), finished[i])
	}
}
