package flow

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A function may return a literal that starts a goroutine. It starts it for the callers of the
// literal, so no finding asks the callers of the function to bind their argument.
func TestRunsLater(t *testing.T) {
	const kept = `type s struct { run func() }
		var x s
		var hooks []func()
		func submit(g func()) { g() }
		func OnEviction(g func()) { hooks = append(hooks, g) }
		`
	given := []Param{{0, true}}
	for name, test := range map[string]struct {
		source    string
		elsewhere []Param
	}{
		"at once":                      {`func f(g func()) func() { go g(); return func() {} }`, given},
		"in a literal at once":         {`func f(g func()) { func() { go g() }() }`, given},
		"in a variable at once":        {`func f(g func()) { start := func() { go g() }; start() }`, given},
		"given to a function":          {kept + `func f(g func()) { submit(func() { go g() }) }`, given},
		"returned":                     {`func f(g func()) func() { return func() { go g() } }`, nil},
		"returned, a timer":            {`import "time"; func f(g func()) func() { return func() { time.AfterFunc(1, g) } }`, nil},
		"returned, sent":               {`var jobs = make(chan func()); func f(g func()) func() { return func() { jobs <- g } }`, nil},
		"returned, queued":             {`import "sync"; var c sync.Cond; var q []func(); func f(g func()) func() { return func() { q = append(q, g); c.Signal() } }`, nil},
		"returned in a struct":         {kept + `func f(g func()) *s { return &s{run: func() { go g() }} }`, nil},
		"returned by a variable":       {`func f(g func()) func() { h := func() { go g() }; return h }`, nil},
		"returned by a result":         {`func f(g func()) (h func()) { h = func() { go g() }; return }`, nil},
		"returned with a conversion":   {`type h func(); func f(g func()) h { return h(func() { go g() }) }`, nil},
		"called by what is returned":   {`func f(g func()) func() { start := func() { go g() }; return func() { start() } }`, nil},
		"two literals down":            {`func f(g func()) func() { return func() { func() { go g() }() } }`, nil},
		"in a field":                   {kept + `func f(g func()) { x.run = func() { go g() } }`, nil},
		"in a list":                    {kept + `func f(g func()) { hooks = append(hooks, func() { go g() }) }`, nil},
		"in a table":                   {`var t = map[string]func(){}; func f(g func()) { t["a"] = func() { go g() } }`, nil},
		"registered":                   {kept + `func f(g func()) { OnEviction(func() { go g() }) }`, nil},
		"a handler of requests":        {`import "net/http"; func f(g func(int)) { http.HandleFunc("/", func(http.ResponseWriter, *http.Request) { go g(1) }) }`, nil},
		"of the literal that returns":  {`func f() { h := func(g func()) func() { return func() { go g() } }; h(nil) }`, nil},
		"of the literal that is given": {kept + `func f() func(func()) { return func(g func()) { go g() } }`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.elsewhere, facts(t, test.source).Elsewhere)
		})
	}
}
