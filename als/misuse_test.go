package als_test

import (
	"context"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/internal/testkit"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type (
	namedFunc   func()
	handlerFunc func(http.ResponseWriter, *http.Request)
)

// Every function panics with its own message if it gets a nil function, a nil context or
// a value that is not a function. For Scope.End see scope_test.go.
func TestMisusePanicsAtTheCallAndChangesNothing(t *testing.T) {
	s := als.New(als.Options[int]{Name: "s"})
	revoked := als.New(als.Options[int]{RevokeOnEnd: true})
	big := als.New[[9]int]()
	var noContext context.Context
	for _, c := range []struct {
		call  string
		f     func()
		panic string
	}{
		{"Storage.Run", func() { s.Run(9, nil) }, "als: Storage.Run: fn is nil"},
		{"Storage.Run, RevokeOnEnd", func() { revoked.Run(9, nil) }, "als: Storage.Run: fn is nil"},
		{"Storage.Run, boxed", func() { big.Run([9]int{}, nil) }, "als: Storage.Run: fn is nil"},
		{"Storage.Run, never used", func() { new(als.Storage[int]).Run(9, nil) }, "als: Storage.Run: fn is nil"},
		{"Storage.Exit", func() { s.Exit(nil) }, "als: Storage.Exit: fn is nil"},
		{"Storage.Exit, RevokeOnEnd", func() { revoked.Exit(nil) }, "als: Storage.Exit: fn is nil"},
		{"RunFunc", func() { als.RunFunc[int, string](s, 9, nil) }, "als: RunFunc: fn is nil"},
		{"RunFunc, RevokeOnEnd", func() { als.RunFunc[int, string](revoked, 9, nil) }, "als: RunFunc: fn is nil"},
		{"ExitFunc", func() { als.ExitFunc[int, string](s, nil) }, "als: ExitFunc: fn is nil"},
		{"RunFunc2", func() { als.RunFunc2[int, string, error](s, 9, nil) }, "als: RunFunc2: fn is nil"},
		{"ExitFunc2", func() { als.ExitFunc2[int, string, error](s, nil) }, "als: ExitFunc2: fn is nil"},
		{"Run", func() { als.Run(9, nil) }, "als: Run: fn is nil"},
		{"Exit", func() { als.Exit(nil) }, "als: Exit: fn is nil"},
		{"Go", func() { als.Go(nil) }, "als: Go: fn is nil"},
		{"AfterFunc", func() { als.AfterFunc(0, nil) }, "als: AfterFunc: fn is nil"},
		{"AfterFunc, later", func() { als.AfterFunc(time.Millisecond, nil) }, "als: AfterFunc: fn is nil"},
		{"ExecutionContext.Run", func() { als.Snapshot().Run(nil) }, "als: ExecutionContext.Run: fn is nil"},
		{"ExecutionContext.Run, zero", func() { als.ExecutionContext{}.Run(nil) }, "als: ExecutionContext.Run: fn is nil"},
		{"ExecutionContext.Go", func() { als.Snapshot().Go(nil) }, "als: ExecutionContext.Go: fn is nil"},
		{"ExecutionContext.Go, zero", func() { als.ExecutionContext{}.Go(nil) }, "als: ExecutionContext.Go: fn is nil"},
		{"RunContext, fn", func() { als.RunContext(context.Background(), nil) }, "als: RunContext: fn is nil"},
		{"RunContext, ctx", func() { als.RunContext(noContext, func() { t.Error("called") }) }, "als: RunContext: ctx is nil"},
		{"RunContext, both", func() { als.RunContext(noContext, nil) }, "als: RunContext: ctx is nil"},
		{"RunContextFunc, fn", func() { als.RunContextFunc[int](context.Background(), nil) }, "als: RunContextFunc: fn is nil"},
		{"RunContextFunc, ctx", func() {
			als.RunContextFunc(noContext, func() int { t.Error("called"); return 0 })
		}, "als: RunContextFunc: ctx is nil"},
		{"RunContextFunc2, fn", func() {
			als.RunContextFunc2[int, error](context.Background(), nil)
		}, "als: RunContextFunc2: fn is nil"},
		{"RunContextFunc2, ctx", func() {
			als.RunContextFunc2(noContext, func() (int, error) { t.Error("called"); return 0, nil })
		}, "als: RunContextFunc2: ctx is nil"},
		{"WithContext", func() { als.WithContext(noContext) }, "als: WithContext: ctx is nil"},
		{"NewContext", func() { als.NewContext(noContext) }, "als: NewContext: ctx is nil"},
		{"FromContext", func() { als.FromContext(noContext) }, "als: FromContext: ctx is nil"},
		{"New", func() { als.New(als.Options[int]{}, als.Options[int]{}) }, "als: New: more than one Options"},
		{"New, Inherit", func() { als.New(als.Options[int]{Inherit: 3}) }, "als: New: Options.Inherit is none of the constants"},

		{"Outlive[func()]", func() { als.Outlive[func()](nil) }, "als: Outlive: fn is nil"},
		{"Outlive[func() error]", func() { als.Outlive[func() error](nil) }, "als: Outlive: fn is nil"},
		{"Outlive[any](nil)", func() { als.Outlive[any](nil) }, "als: Outlive: fn is not a function but nil"},
		{"Outlive[int](5)", func() { als.Outlive(5) }, "als: Outlive: fn is not a function but int"},
		{"BindSeq", func() { als.BindSeq[int](nil) }, "als: BindSeq: seq is nil"},
		{"BindSeq2", func() { als.BindSeq2[int, string](nil) }, "als: BindSeq2: seq is nil"},

		{"Bind[func()]", func() { als.Bind[func()](nil) }, "als: Bind: fn is nil"},
		{"Bind[func() error]", func() { als.Bind[func() error](nil) }, "als: Bind: fn is nil"},
		{"Bind[func(bool)]", func() { als.Bind[func(bool)](nil) }, "als: Bind: fn is nil"},
		{"Bind[func(...int)]", func() { als.Bind[func(...int)](nil) }, "als: Bind: fn is nil"},
		{"Bind[named]", func() { als.Bind[namedFunc](nil) }, "als: Bind: fn is nil"},
		{"Bind[http.HandlerFunc]", func() { als.Bind[http.HandlerFunc](nil) }, "als: Bind: fn is nil"},
		{"Bind[any](typed nil)", func() { als.Bind[any]((func())(nil)) }, "als: Bind: fn is nil"},
		{"Bind[any](named typed nil)", func() { als.Bind[any](handlerFunc(nil)) }, "als: Bind: fn is nil"},
		{"Bind[http.Handler](typed nil)", func() { als.Bind[http.Handler](http.HandlerFunc(nil)) }, "als: Bind: fn is nil"},
		{"Bind[any](nil)", func() { als.Bind[any](nil) }, "als: Bind: fn is not a function but nil"},
		{"Bind[any](5)", func() { als.Bind[any](5) }, "als: Bind: fn is not a function but int"},
		{"Bind[int](5)", func() { als.Bind(5) }, "als: Bind: fn is not a function but int"},
		{"Bind[error](nil)", func() { als.Bind[error](nil) }, "als: Bind: fn is not a function but nil"},
		{"Bind[*func()]", func() { als.Bind(new(func())) }, "als: Bind: fn is not a function but *func()"},
		{"Bind[*func()](nil)", func() { als.Bind[*func()](nil) }, "als: Bind: fn is not a function but *func()"},
		{"Bind[http.Handler](mux)", func() { als.Bind[http.Handler](http.NewServeMux()) }, "als: Bind: fn is not a function but *http.ServeMux"},
		{"Bind[[]func()]", func() { als.Bind([]func(){}) }, "als: Bind: fn is not a function but []func()"},
	} {
		t.Run(c.call, func(t *testing.T) {
			check := func(where string) {
				before, goroutines := als.Snapshot(), runtime.NumGoroutine()
				v := testkit.Caught(c.f)
				require.Equal(t, c.panic, v, where)
				assert.True(t, strings.HasPrefix(c.panic, "als: "+strings.TrimSuffix(c.call[:strings.IndexAny(c.call+",", ",[")], " ")))
				assert.Equal(t, before, als.Snapshot(), "%s: something changed", where)
				assert.LessOrEqual(t, runtime.NumGoroutine(), goroutines, "%s: a goroutine was started", where)
			}
			testkit.InGoroutine(func() {
				check("without stores")
				assert.Equal(t, als.ExecutionContext{}, als.Snapshot())
				s.EnterWith(1)
				big.EnterWith([9]int{1})
				als.EnterWith(1)
				defer revoked.WithScope(1).End()
				check("with stores")
				wantStore(t, s, 1)
				wantStore(t, revoked, 1)
				als.Bind(func() { check("in a bound function") })()
				wantStore(t, s, 1)
				wantStore(t, revoked, 1)
			})
		})
	}
	// If AfterFunc had started its timer, that would fire before this one, and end the
	// program.
	due := make(chan struct{})
	time.AfterFunc(5*time.Millisecond, func() { close(due) })
	<-due
}

func TestMethodsOfANilStoragePanicAndChangeNothing(t *testing.T) {
	var s *als.Storage[int]
	var other als.Storage[int]
	testkit.InGoroutine(func() {
		// An emulator may report the fault at another address than nil's, which would
		// end the program.
		debug.SetPanicOnFault(true)
		other.EnterWith(1)
		before := als.Snapshot()
		for method, f := range map[string]func(){
			"Storage.GetStore":  func() { s.GetStore() },
			"Storage.Get":       func() { s.Get() },
			"Storage.Must":      func() { s.Must() },
			"Storage.Run":       func() { s.Run(1, func() { t.Error("called") }) },
			"Storage.EnterWith": func() { s.EnterWith(1) },
			"Storage.Exit":      func() { s.Exit(func() { t.Error("called") }) },
			"Storage.WithScope": func() { s.WithScope(1) },
			"Storage.Disable":   func() { s.Disable() },
			"Storage.Name":      func() { _ = s.Name() },
			"Storage.Label":     func() { _ = s.Label() },
			"RunFunc":           func() { als.RunFunc(s, 1, func() int { t.Error("called"); return 1 }) },
			"RunFunc2":          func() { als.RunFunc2(s, 1, func() (int, error) { t.Error("called"); return 1, nil }) },
			"ExitFunc":          func() { als.ExitFunc(s, func() int { t.Error("called"); return 1 }) },
			"ExitFunc2":         func() { als.ExitFunc2(s, func() (int, error) { t.Error("called"); return 1, nil }) },
		} {
			testkit.WantPanic(t, "als: "+method+": the Storage is nil", f)
			assert.Equal(t, before, als.Snapshot())
		}
		// However the method is called.
		get, getStore := s.Get, struct{ *als.Storage[int] }{s}.GetStore
		testkit.WantPanic(t, "als: Storage.Get: the Storage is nil", func() { get() })
		testkit.WantPanic(t, "als: Storage.GetStore: the Storage is nil", func() { getStore() })
		testkit.WantPanic(t, "als: Storage.Get: the Storage is nil", func() { interface{ Get() int }(s).Get() })
		testkit.WantPanic(t, "als: Storage.GetStore: the Storage is nil", func() {
			defer als.TraceLoss(func(als.Loss) {})()
			s.GetStore()
		})
	})
}
