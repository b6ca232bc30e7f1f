package flow

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/go/analysis/checker"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/sourcetest"
)

// analyze returns the Package of the last of the sources.
func analyze(t *testing.T, sources ...string) (*Package, *checker.Action) {
	t.Helper()
	actions := sourcetest.Run(t, Analyzer, sources...)
	last := actions[len(actions)-1]
	return last.Result.(*Package), last
}

// facts returns the fact of the function f of a package p with these declarations.
func facts(t *testing.T, declarations string) Fact {
	t.Helper()
	p, _ := analyze(t, "package p\n\n"+declarations)
	for _, f := range p.Funcs() {
		if f.Name() == "f" {
			return f.Fact
		}
	}
	require.Fail(t, "no function f")
	return Fact{}
}

const storage = `import "github.com/seed-1938943e/goroutine/als"
	var user als.Storage[string]
	`

// What reads a store, and what could.
func TestReads(t *testing.T) {
	for name, test := range map[string]struct {
		source string
		reads  Reading
	}{
		"nothing":               {`func f() {}`, Never},
		"a store":               {storage + `func f() string { return user.Get() }`, Does},
		"below a call":          {storage + `func f() { g() }; func g() { h() }; func h() { user.Get() }`, Does},
		"below itself":          {storage + `func f(n int) { if n > 0 { f(n-1) }; user.Get() }`, Does},
		"in a literal":          {storage + `func f() { g := func() { user.Get() }; g() }`, Does},
		"on its goroutine":      {storage + `func f() { go func() { user.Get() }() }`, Does},
		"sets one only":         {storage + `func f() { user.Run("a", func() {}) }`, Never},
		"a line of a log":       {`import "log"; func f() { log.Print("x") }`, Prints},
		"waits for a group":     {`type group interface{ Wait() error }; func f(g group) { _ = g.Wait() }`, Never},
		"waits for one answer":  {`type group interface{ Wait(int) error }; func f(g group) { _ = g.Wait(1) }`, Could},
		"the end of a program":  {`import "log"; func f() { log.Fatal("x") }`, Never},
		"a logger":              {`type logger interface{ Warnf(string) }; func f(l logger) { l.Warnf("x") }`, Logs},
		"a logger and more":     {`type x interface{ Warnf(string); Tell() }; func f(l x) { l.Warnf("x"); l.Tell() }`, Could},
		"what a logger has":     {`type Logger interface{ With(string) Logger }; func f(l Logger) { l.With("x") }`, Logs},
		"a number":              {`type i interface{ Level() int }; func f(x i) { x.Level() }`, Never},
		"a channel":             {`type i interface{ Ended() <-chan int }; func f(x i) { x.Ended() }`, Never},
		"a number of a number":  {`type i interface{ Level(int) int }; func f(x i) { x.Level(1) }`, Could},
		"a kind of error":       {`type i interface{ error; Wrap(i) i }; func f(x i) { x.Wrap(x) }`, Never},
		"only we implement it":  {`type I interface{ Do(); ours() }; type a struct{}; func (a) Do() {}; func (a) ours() {}; func f(x I) { x.Do() }`, Never},
		"others implement it":   {`type I interface{ Do() }; type a struct{}; func (a) Do() {}; func f(x I) { x.Do() }`, Could},
		"a kept function":       {`type t struct{ done func() }; func (x *t) keep(g func()) { x.done = g }; func f(x *t) { x.done() }`, Could},
		"a converted parameter": {`type h func(); func f(g func()) { h(g)() }`, Never},
		"a bound parameter":     {storage + `func f(g func()) { als.Bind(g)() }`, Does},
		"a kept clock":          {`type t struct{ now func() }; func (x *t) keep(g func()) { x.now = g }; func f(x *t) { x.now() }`, Never},
		"a log handler":         {`import "log/slog"; func f() { slog.Info("x") }`, Logs},
		"a log of an error":     {`import "log/slog"; func f() { slog.Error("x") }`, Logs},
		"an attribute of a log": {`import "log/slog"; func f() slog.Attr { return slog.Int("x", 1) }`, Never},
		"a request":             {`import "net/http"; func f(c *http.Client) { c.Get("/") }`, Could},
		"of net/http, harmless": {`import "net/http"; func f() string { return http.StatusText(200) }`, Never},
		"a header":              {`import "net/http"; func f(h http.Header) string { return h.Get("x") }`, Never},
		"a query":               {`import "database/sql"; func f(db *sql.DB) { db.Query("") }`, Could},
		"of database/sql, too":  {`import "database/sql"; func f(db *sql.DB) { db.Close() }`, Never},
		"a lock":                {`import "sync"; func f(mu *sync.Mutex) { mu.Lock() }`, Never},
		"an unknown interface":  {`type i interface{ Do() }; func f(x i) { x.Do() }`, Could},
		"an option":             {`type c struct{ n int }; func f(opts ...func(*c)) { for _, opt := range opts { opt(&c{}) } }`, Never},
		"one of a list":         {`type c struct{ n int }; func f(hooks []func(*c)) { for _, hook := range hooks { hook(&c{}) } }`, Could},
		"a clock":               {`type i interface{ Now(int) error }; func f(x i) { x.Now(1) }`, Never},
		"a returned function":   {storage + `func f() { g()() }; func g() func() { return func() { user.Get() } }`, Does},
		"a harmless method":     {`type i interface{ Close() }; func f(x i) { x.Close() }`, Never},
		"a lock that can fail":  {`type i interface{ Lock() error }; func f(x i) { x.Lock() }`, Could},
		"a lock of an object":   {`type i interface{ Lock() }; func f(x i) { x.Lock() }`, Never},
		"a lock with a context": {`import "context"; type i interface{ Unlock(context.Context) }; func f(x i) { x.Unlock(nil) }`, Could},
		"a size at a remote":    {`import "context"; type i interface{ Size(context.Context) (int, error) }; func f(x i) { x.Size(nil) }`, Could},
		"a size of a list":      {`type i interface{ Size(int) (int, error) }; func f(x i) { x.Size(1) }`, Never},
		"an interface of ours":  {`type i interface{ do() }; type a struct{}; func (a) do() {}; func f(x i) { x.do() }`, Never},
		"and one that reads":    {storage + `type i interface{ do() }; type a struct{}; func (a) do() { user.Get() }; func f(x i) { x.do() }`, Does},
		"an unknown function":   {`var g func(); func f() { g() }`, Could},
		"a known variable":      {`func f() { g := func() {}; g() }`, Never},
		"a parameter":           {`func f(g func()) { g() }`, Never}, // its callers are asked
		"a parameter, given":    {storage + `func f() { g(func() { user.Get() }) }; func g(h func()) { h() }`, Does},
		"a method value":        {storage + `func f() { g(t{}.read) }; func g(h func()) { h() }; type t struct{}; func (t) read() { user.Get() }`, Does},
		"one that is not given": {`func f() { g(nil) }; func g(h func()) { if h != nil { h() } }`, Never},
		"a cancel function":     {`import "context"; func f(c context.CancelFunc) { c() }`, Never},
		"a builtin":             {`func f(x []int) int { return len(x) }`, Never},
		"a conversion":          {`type g func(); func f(x func()) g { return g(x) }`, Never},
		"for slices":            {`import "slices"; ` + storage + `func f(x []int) { slices.SortFunc(x, func(a, b int) int { user.Get(); return 0 }) }`, Does},
		"a generic function":    {storage + `func f() { g[int](1) }; func g[T any](T) { user.Get() }`, Does},
		"a key function":        {`type s struct{ Key func(string, int) string }; func f(x s) { x.Key("", 1) }`, Never},
		"one that is given on":  {`type s struct{ Key func(string) string }; func f(x s) { g(x.Key) }; func g(h func(string) string) { h("") }`, Never},
		"a key or an error":     {`type s struct{ Key func(string) (string, error) }; func f(x s) { x.Key("") }`, Could},
		"no key of a text":      {`type s struct{ Key func(string) any }; func f(x s) { x.Key("") }`, Could},
		"an ID of something":    {`type s struct{ ID func() string }; func f(x s) { x.ID() }`, Could},
		"bytes of a connection": {`type i interface{ Read([]byte) (int, error) }; func f(x i) { x.Read(nil) }`, Never},
		"the next reader":       {`import "io"; type i interface{ NextReader() (int, io.Reader, error) }; func f(x i) { x.NextReader() }`, Never},
		"a reader":              {`import "io"; type i interface{ Reader() (io.ReadCloser, error) }; func f(x i) { x.Reader() }`, Never},
		"a read with a context": {`import "context"; type i interface{ Read(context.Context) ([]byte, error) }; func f(x i) { x.Read(nil) }`, Could},
		"a text to a stream":    {`type i interface{ WriteString(string) (int, error) }; func f(x i) { x.WriteString("") }`, Never},
		"a write to a database": {`type i interface{ Write(string, []byte) error }; func f(x i) { x.Write("", nil) }`, Could},
		"a read of a message":   {`type i interface{ Read() (any, error) }; func f(x i) { x.Read() }`, Could},
		"a write of nothing":    {`type i interface{ Write() }; func f(x i) { x.Write() }`, Could},
		"a check":               {`type s struct{ Allows func(string) bool }; func f(x s) { x.Allows("") }`, Could},
		"a key of any value":    {`type s struct{ Key func(any) string }; func f(x s) { x.Key("") }`, Could},
		"an error":              {`func f(err error) string { return err.Error() }`, Never},
		"a bound function":      {storage + `func f(g func()) { h := als.Bind(g); _ = h }`, Does},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.reads, facts(t, test.source).Reads)
		})
	}
}

// visits is a list of functions that several functions empty.
const visits = `type q struct { jobs []func() }
	func (x *q) take() func() { job := x.jobs[0]; x.jobs = x.jobs[1:]; return job }
	func run(x *q) { for { x.take()() } }
	func init() { go run(nil); go visit() }
	func f(x *q, g func()) { x.jobs = append(x.jobs, g) }
	`

// What a function does with the functions that it is given. One of another package, and
// a method of an interface, may call them.
func TestParameters(t *testing.T) {
	for name, test := range map[string]struct {
		source    string
		calls     []int
		elsewhere []Param
	}{
		"calls one":                {`func f(a int, g func()) { g() }`, []int{1}, nil},
		"calls one in a literal":   {`func f(g func()) { func() { g() }() }`, []int{0}, nil},
		"hands one on":             {`func f(g func()) { h(g) }; func h(g func()) { g() }`, []int{0}, nil},
		"keeps one":                {`var kept func(); func f(g func()) { kept = g }`, nil, nil},
		"starts one":               {`func f(g func()) { go g() }`, []int{0}, []Param{{0, true}}},
		"starts one that calls":    {`func f(g func()) { go func() { g() }() }`, nil, []Param{{0, true}}},
		"sends one":                {`var c = make(chan func()); func f(g func()) { c <- g }`, nil, []Param{{0, false}}},
		"sends one that calls":     {`var c = make(chan func()); func f(g func()) { c <- func() { g() } }`, []int{0}, []Param{{0, false}}},
		"sends one in a struct":    {`type j struct{ run func() }; var c = make(chan j); func f(g func()) { c <- j{run: g} }`, nil, []Param{{0, false}}},
		"sends one by a pointer":   {`type j struct{ run func() }; var c = make(chan *j); func f(g func()) { x := &j{g}; c <- x }`, nil, []Param{{0, false}}},
		"sends a job":              {`type j struct{ run func() }; var c = make(chan j); func f(x j) { c <- x }`, nil, []Param{{0, false}}},
		"sends no function":        {`var c = make(chan int); func f(x int) { c <- x }`, nil, nil},
		"for a timer":              {`import "time"; func f(g func()) { time.AfterFunc(0, g) }`, []int{0}, []Param{{0, false}}},
		"for a WaitGroup":          {`import "sync"; func f(wg *sync.WaitGroup, g func()) { helper(g) }; func helper(g func()) { go g() }`, []int{1}, []Param{{1, true}}},
		"starts one in each round": {`func f(g func(int)) { for { go g(1) } }`, []int{0}, nil},
		"starts one in each round of a loop around a literal": {`func f(g func(int)) { for { func() { go func() { g(1) }() }() } }`, nil, nil},
		"starts one of a literal in a loop":                   {`func f() { for { h := func(g func()) { go g() }; h(nil) } }`, nil, nil},
		"a value":                                             {`var kept = f; func f(g func()) { go g() }`, []int{0}, nil}, // nothing shows its callers
		"a value for another":                                 {`var kept = h; func f(g func()) { go g() }; func h(g func()) { f(g) }`, []int{0}, []Param{{0, true}}},
		"queues and signals": {`import "sync"
			type q struct { cond sync.Cond; jobs []func() }
			var x q
			func f(g func()) { x.jobs = append(x.jobs, g); x.cond.Signal() }`, nil, []Param{{0, false}}},
		"registers a handler that it starts": {`func f(g func()) { AddEventHandler(g) }; func AddEventHandler(g func()) { go g() }`, []int{0}, nil},
		"registers a listener": {`type q struct { wake chan struct{}; jobs []func() }; var x q
			func f(g func()) { AddListener(g) }; func AddListener(g func()) { x.jobs = append(x.jobs, g); x.wake <- struct{}{} }`, nil, nil},
		"queues only": {`type q struct { jobs []func() }; var x q; func f(g func()) { x.jobs = append(x.jobs, g) }`, nil, nil},
		"queues and sends a signal": {`type q struct { wake chan struct{}; jobs []func() }
			var x q
			func f(g func()) { x.jobs = append(x.jobs, g); select { case x.wake <- struct{}{}: default: } }`, nil, []Param{{0, false}}},
		"queues and sends a value": {`type q struct { values chan int; jobs []func() }
			var x q
			func f(g func()) { x.jobs = append(x.jobs, g); x.values <- 1 }`, nil, nil},
		"in a ring": {`import "sync"
			type q struct { cond *sync.Cond; ring []func(); tail int }
			var x q
			func f(g func()) { x.ring[x.tail] = g; x.cond.Signal() }`, nil, []Param{{0, false}}},
		"behind an unexported interface": {`import "sync"
			type queue interface { add(func()) }
			type ring struct { cond *sync.Cond; ring []func(); tail int }
			func (r *ring) add(g func()) { r.ring[r.tail] = g; r.cond.Signal() }
			type pool struct { q queue }
			var p pool
			func f(g func()) { p.q.add(g) }`, []int{0}, []Param{{0, false}}},
		"in a list of nodes": {`import "sync"
			type node struct { next *node; run func() }
			type q struct { cond *sync.Cond; last *node }
			var x q
			func f(g func()) { n := &node{run: g}; x.last.next = n; x.last = n; x.cond.Signal() }`, nil, []Param{{0, false}}},
		"in a list of package container": {`import ("container/list"; "sync")
			type q struct { cond *sync.Cond; list *list.List }
			var x q
			func f(g func()) { x.list.PushBack(g); x.cond.Signal() }`, []int{0}, []Param{{0, false}}},
		"in a list of package container only": {`import "container/list"
			var x list.List
			func f(g func()) { x.PushBack(g) }`, []int{0}, nil},
		"woken by the caller": {`import "sync"
			type q struct { cond *sync.Cond; jobs []func() }
			func (q *q) push(g func()) { q.jobs = append(q.jobs, g) }
			var x q
			func f(g func()) { x.push(g); x.cond.Signal() }`, nil, []Param{{0, false}}},
		"emptied by a goroutine": {`type q struct { jobs []func() }
			func (q *q) run() { for { jobs := q.jobs; q.jobs = nil; for _, job := range jobs { job() } } }
			var x q
			func init() { go x.run() }
			func f(g func()) { x.jobs = append(x.jobs, g) }`, nil, []Param{{0, false}}},
		"emptied where it is made":            {visits + `func visit() { x := &q{}; f(x, func() {}); for len(x.jobs) > 0 { x.take()() } }`, nil, nil},
		"emptied there, as a value":           {visits + `func visit() { x := q{}; f(&x, func() {}); job := x.jobs[0]; x.jobs = x.jobs[1:]; job() }`, nil, nil},
		"emptied by a goroutine of its maker": {visits + `func visit() { x := &q{}; f(x, func() {}); go func() { x.take()() }() }`, nil, []Param{{1, false}}},
		"emptied by a literal that is kept":   {visits + `var kept func(); func visit() { x := &q{}; kept = func() { x.take()() }; x.take()() }`, nil, []Param{{1, false}}},
		"emptied by a literal and elsewhere":  {visits + `func visit() { var x *q; func() { x = &q{}; x.take()() }(); go run(x) }`, nil, []Param{{1, false}}},
		"emptied by two goroutines":           {visits + `func visit() { x := &q{}; go run(x); x.take()() }`, nil, []Param{{1, false}}},
		"emptied and kept":                    {visits + `var y struct { q *q }; func visit() { x := &q{}; y.q = x; x.take()() }`, nil, []Param{{1, false}}},
		"emptied and returned":                {visits + `func visit() *q { x := &q{}; x.take()(); return x }`, nil, []Param{{1, false}}},
		"made and not emptied":                {visits + `func visit() { x := &q{}; f(x, func() {}) }`, nil, []Param{{1, false}}},
		"listed by a goroutine": {`type q struct { hooks []func() }
			func (q *q) run() { for { for _, hook := range q.hooks { hook() } } }
			func (q *q) close() { q.hooks = nil }
			var x q
			func init() { go x.run() }
			func f(g func()) { x.hooks = append(x.hooks, g) }`, nil, nil},
		"for one reply": {`type c struct { pending map[int]func() }
			func (c *c) read(id int) { for { done := c.pending[id]; delete(c.pending, id); done() } }
			var x c
			func init() { go x.read(0) }
			func f(id int, g func()) { x.pending[id] = g }`, nil, []Param{{1, false}}},
		"for all messages": {`type c struct { handlers map[int]func() }
			func (c *c) read(id int) { for { c.handlers[id]() } }
			func (c *c) drop(id int) { delete(c.handlers, id) }
			var x c
			func init() { go x.read(0); go x.drop(1) }
			func f(id int, g func()) { x.handlers[id] = g }`, nil, nil},
		"several":            {`func f(a, b func()) { go a(); b() }`, []int{0, 1}, []Param{{0, true}}},
		"the rest of them":   {`func f(gs ...func()) { for _, g := range gs { go g() } }`, nil, []Param{{0, true}}},
		"a handler":          {`var c = make(chan int); func f(g func(int)) { go func() { for x := range c { g(x) } }() }`, nil, nil},
		"a handler, started": {`var c = make(chan int); func f(g func(int)) { for x := range c { go g(x) } }`, []int{0}, nil},
		"a cancel function":  {`import "context"; func f(c context.CancelFunc) { go c() }`, nil, nil},
		"by an interface":    {`type pool interface{ Submit(func()) }; func f(p pool, g func()) { p.Submit(g) }`, []int{1}, []Param{{1, false}}},
		"by its Go":          {`type pool interface{ Go(func()) }; func f(p pool, g func()) { p.Go(g) }`, []int{1}, []Param{{1, true}}},
		"by its name":        {`type client interface{ InvokeAsync(func()) }; func f(c client, g func()) { c.InvokeAsync(g) }`, []int{1}, []Param{{1, false}}},
		"behind an interface": {`type Pool interface{ Each(func()) }
			type pool struct{}
			func (*pool) Each(g func()) { go g() }
			func f(p Pool, g func()) { p.Each(g) }`, []int{1}, []Param{{1, true}}},
		"of a type parameter": {`func f[F ~func()](g F) { go g() }`, []int{0}, []Param{{0, true}}},
		"of a named constraint": {`type fn interface{ ~func() | ~func(int) }
			func f[F fn](g F) { c <- g }
			var c = make(chan any)`, nil, []Param{{0, false}}},
		"of any type, so a function, too": {`func f[F any](g F) { c <- g }; var c = make(chan any)`, nil, []Param{{0, false}}},
		"in a field that is assigned":     {`type job struct { run func() }; var c = make(chan job); func f(g func()) { x := job{}; x.run = g; c <- x }`, nil, []Param{{0, false}}},
		"in a field that is called":       {`type timer struct { run func() }; func f(g func()) { x := timer{}; x.run = g; go x.run() }`, []int{0}, nil},
		"kept by a function that makes a struct": {`type job struct { run func() }
			var c = make(chan *job)
			func newJob(run func()) *job { return &job{run: run} }
			func f(g func()) { c <- newJob(g) }`, nil, []Param{{0, false}}},
		"not kept": {`type job struct { run func() }
			var c = make(chan *job)
			func newJob(run func()) *job { run(); return &job{} }
			func f(g func()) { c <- newJob(g) }`, []int{0}, nil},
		"by a field":                   {`type s struct { Executor func(func()) }; func f(x *s, g func()) { x.Executor(g) }`, nil, []Param{{1, false}}},
		"by a type of functions":       {`type Spawn func(func() error) error; func f(run Spawn, g func() error) { run(g) }`, []int{0}, []Param{{1, false}}},
		"by a field with another name": {`type s struct { Apply func(func()) }; func f(x *s, g func()) { x.Apply(g) }`, nil, nil},
		"by a variable that is known":  {`func f(g func()) { dispatch := func(h func()) { h() }; dispatch(g) }`, []int{0}, nil},
		"by a literal in a field": {`type s struct { start func(func()) }
			var x = &s{start: func(h func()) { go h() }}
			func f(g func()) { x.start(g) }`, []int{0}, []Param{{0, true}}},
		"pushed to a heap": {`type heap []func()
			func (h *heap) push(g func()) { *h = append(*h, g) }
			type q struct { jobs heap; wake chan struct{} }
			var x q
			func f(g func()) { x.jobs.push(g); select { case x.wake <- struct{}{}: default: } }`, nil, []Param{{0, false}}},
		"pushed to a heap of its own": {`type heap []func()
			func (h *heap) push(g func()) { *h = append(*h, g) }
			func f(g func()) { var h heap; h.push(g); h[0]() }`, nil, nil},
		"by another method": {`type pool interface{ Each(func()) }; func f(p pool, g func()) { p.Each(g) }`, []int{1}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fact := facts(t, test.source)
			assert.Equal(t, test.calls, fact.Calls, "calls")
			assert.Equal(t, test.elsewhere, fact.Elsewhere, "elsewhere")
		})
	}
}

// What a package says of its functions is known to those that import it.
func TestFactsOfImports(t *testing.T) {
	const spawn = `package spawn

		import "github.com/seed-1938943e/goroutine/als"

		var user als.Storage[string]

		func Read() string { return user.Get() }

		func Go(n int, fns ...func()) { for _, fn := range fns { go fn() } }

		func Call(fn func()) { fn() }

		func Plain() {}

		type Cache struct { events []func() }

		func (c *Cache) OnEviction(fn func()) { go fn() }
	`
	p, action := analyze(t, spawn, `package p

		import "example.com/spawn"

		func reads() { spawn.Read() }
		func plain() { spawn.Plain() }
		func calls() { spawn.Call(func() { spawn.Read() }) }
		func runs(a, b func()) { spawn.Go(1, a, b) }
		func hands(a func()) { spawn.Call(a) }
		func registers(c *spawn.Cache, a func()) { c.OnEviction(a) }
	`)
	got := make(map[string]string)
	for _, f := range p.Funcs() {
		if f.Obj != nil {
			got[f.Name()] = f.Fact.String()
		}
	}
	// The functions of a variadic parameter are not known one by one: they could read.
	assert.Equal(t, map[string]string{"reads": "reads", "plain": "", "calls": "reads", "runs": "could read calls elsewhere", "hands": "calls", "registers": "calls"}, got)

	call := sourcetest.Find(t, action, func(n *ast.CallExpr) bool { return len(n.Args) == 3 })
	assert.Equal(t, Runs{}, p.Runs(call, 0))
	for i := 1; i < 3; i++ {
		assert.Equal(t, Runs{Elsewhere: true, Starts: true, Name: "spawn.Go"}, p.Runs(call, i), "all of a variadic parameter")
	}
}

// A scheduler is known by its name, also through a variable.
func TestRunsListed(t *testing.T) {
	p, action := analyze(t, `package p

		import "time"

		func f(g func()) {
			time.AfterFunc(0, g)
			after := time.AfterFunc
			after(1, g)
			_ = time.Duration(2)
		}
	`)
	for _, first := range []string{"0", "1"} {
		call := sourcetest.Find(t, action, func(n *ast.CallExpr) bool { return Text(n.Args[0]) == first })
		assert.Equal(t, Runs{Elsewhere: true, Name: "time.AfterFunc", Listed: true}, p.Runs(call, 1), first)
	}
	conversion := sourcetest.Find(t, action, func(n *ast.CallExpr) bool { return Text(n.Args[0]) == "2" })
	assert.Equal(t, Runs{}, p.Runs(conversion, 0))
}

// What a function value may be.
func TestCallees(t *testing.T) {
	const source = `package p

		import "github.com/seed-1938943e/goroutine/als"

		var other func()
		var pair = [2]func(){}

		type s struct{ run func(); Run func() }

		func one()    {}
		func two()    {}
		func generic[T any]() {}
		func (s) method() {}

		func f(param func(), x s) {
			known := one
			known = two
			alias := known
			a, b := result()
			y := s{run: one}
			use(one, "1 one")
			use(known, "2 one two")
			use(alias, "3 one two")
			use(param, "4 parameter")
			use(other, "5 unknown")
			use(pair[0], "6 unknown")
			use(func() {}, "7 a function literal")
			use(x.method, "8 method")
			use(generic[int], "9 generic")
			use(als.Bind(one), "10 one bound")
			use((func())(one), "11 one")
			use(a, "12 unknown")
			use(b, "13 unknown")
			use(x.run, "14 one")
			use(x.Run, "15 unknown")
			use(y.method, "16 method")
			use(makes(1), "17 a function literal one")
			use(gives(one), "18 unknown")
		}

		func result() (func(), func()) { return nil, nil }

		func makes(n int) func() {
			switch n {
			case 0:
				return nil
			case 1:
				return func() { func() func() { return two }() }
			}
			return one
		}

		func gives(f func()) func() { return f }

		func use(func(), string) {}
	`
	p, action := analyze(t, source)
	n := 0
	ast.Inspect(action.Package.Syntax[0], func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok || Text(call.Fun) != "use" {
			return true
		}
		n++
		var words []string
		c := p.Callees(call.Args[0])
		for _, f := range c.Funcs {
			words = append(words, f.Name())
		}
		for _, fn := range c.Foreign {
			words = append(words, fn.Name())
		}
		for range c.Params {
			words = append(words, "parameter")
		}
		if c.Unknown {
			words = append(words, "unknown")
		}
		if c.Bound {
			words = append(words, "bound")
		}
		want := call.Args[1].(*ast.BasicLit).Value
		assert.Equal(t, want, fmt.Sprintf("%q", fmt.Sprint(n, " ", strings.Join(words, " "))))
		return true
	})
	assert.Equal(t, 18, n)
}

// What carries a context of its own.
func TestBound(t *testing.T) {
	p, action := analyze(t, `package p

		import "github.com/seed-1938943e/goroutine/als"

		var user als.Storage[string]

		type s struct{ run func(); Run func() }

		func f(param func()) {
			bound := als.Bind(param)
			both := als.Bind(param)
			both = param
			none := func() {}
			maybe := als.Bind(param)
			maybe = nil
			x := s{run: als.Bind(param), Run: als.Bind(param)}
			use(als.Bind(param), true)
			use((func())(als.Bind(param)), true)
			use(bound, true)
			use(both, false)
			use(none, false)
			use(maybe, true)
			use(param, false)
			use(x.run, true)
			use(x.Run, false)
			use(func() { user.Run("a", param) }, true)
			use(func() { defer user.WithScope("a").End(); param() }, true)
			use(func() { bound() }, true)
			use(func() { bound(); param() }, false)
			use(func() { none() }, false)
		}

		func use(func(), bool) {}
	`)
	n := 0
	ast.Inspect(action.Package.Syntax[0], func(node ast.Node) bool {
		if call, ok := node.(*ast.CallExpr); ok && Text(call.Fun) == "use" {
			n++
			want := Text(call.Args[1]) == "true"
			assert.Equal(t, want, p.Assigned.Bound(call.Args[0]), sourcetest.Line(action, call.Pos()))
		}
		return true
	})
	assert.Equal(t, 14, n)
}

// Whether the goroutine of a go statement could read a store.
func TestGoroutineReads(t *testing.T) {
	p, action := analyze(t, `package p

		import "github.com/seed-1938943e/goroutine/als"

		var user als.Storage[string]

		func read()               { user.Get() }
		func call(fn func())      { fn() }
		func keep(fn func())      { _ = fn }

		type pool struct{ run func() }

		type logger interface { Printf(string) }

		func note(l logger) { l.Printf("x") }

		func f(kept func(), l logger) {
			go note(l)                      // logs
			go l.Printf("x")                // logs
			go read()                       // yes
			go func() { read() }()          // yes
			go call(read)                   // yes
			go keep(read)                   // no
			go func() {}()                  // no
			go println()                    // no
			go pool{}.work()                // yes
		}

		func (p pool) work() { p.run() }

		func g(fn func()) { go fn() }       // no, its callers are asked

		var h = func(fn func()) { go call(fn) } // no

		func value(fn func()) { go fn() }   // yes, for nothing shows its callers

		var values = []func(func()){value}

		func Exported(fn func()) { go fn() } // no, it is reported at its callers in other packages

		var kept = Exported

		func rounds(fn func(int)) {
			for i := 0; ; i++ {
				call(func() {
					go func() { fn(i) }()           // yes, it is a handler
				})
			}
		}
	`)
	n := 0
	ast.Inspect(action.Package.Syntax[0], func(node ast.Node) bool {
		if stmt, ok := node.(*ast.GoStmt); ok {
			n++
			says, line := comment(action, stmt.Pos()), sourcetest.Line(action, stmt.Pos())
			assert.Equal(t, says == "yes" || says == "logs", p.GoroutineReads(stmt.Call) > Never, line)
			assert.Equal(t, says == "yes", p.GoroutineReads(stmt.Call) > Logs, line)
		}
		return true
	})
	assert.Equal(t, 14, n)
}

// comment returns the first word of the comment on a line.
func comment(action *checker.Action, pos token.Pos) string {
	line := action.Package.Fset.Position(pos).Line
	for _, group := range action.Package.Syntax[0].Comments {
		if action.Package.Fset.Position(group.Pos()).Line == line {
			word, _, _ := strings.Cut(strings.TrimSpace(group.Text()), ",")
			return word
		}
	}
	return ""
}

// Packages too large to be written by hand, and the standard library, are left out.
func TestLeftOut(t *testing.T) {
	large := "package p\n\nfunc F(g func()) { go g() }\n\n// " + strings.Repeat("x", MaxSize)
	p, _ := analyze(t, large)
	assert.True(t, p.LeftOut)
	assert.Empty(t, p.Funcs())
	small, _ := analyze(t, "package p")
	assert.False(t, small.LeftOut)
	for path, standard := range map[string]bool{"net/http": true, "internal/abi": true, "example.com/net": false, "golang.org/x/net": false} {
		assert.Equal(t, standard, IsStandard(path), path)
	}
}

// The functions of modules of loggers log, whatever they call for that.
func TestLoggers(t *testing.T) {
	p, _ := analyze(t, "package p")
	for path, logs := range map[string]bool{"go.uber.org/zap": true, "k8s.io/klog/v2": true, "example.com/zap": false, "go.uber.org/zapper": false} {
		pkg := types.NewPackage(path, "log")
		method := types.NewSignatureType(types.NewVar(0, pkg, "", types.NewInterfaceType(nil, nil)), nil, nil, nil, nil, false)
		fn := types.NewFunc(0, pkg, "Write", method)
		assert.Equal(t, logs, p.foreignReads(fn) == Logs, path)
	}
}

// A goroutine that only closes something is not reported, unless it reads a store for certain.
func TestOnlyCloses(t *testing.T) {
	const declarations = `import "log/slog"
		` + storage + `var _ slog.Level
		type c interface{ Close() error; Send() }
		type logger interface{ Printf(string, ...any) }
		var l logger
		var g2 interface { Conn() c; Find(int) c }
		func closeLogged(x c, l logger) { if err := x.Close(); err != nil { l.Printf("%v", err) } }
	`
	const handlers = `
		type conn struct { x c; onClose, cancel func() }
		func stop(x interface{ Stop() }) { x.Stop() }
		func (c conn) Close() { c.finish() }
		func (c conn) finish() { c.x.Close(); c.cancel(); stop(nil) }
		func (c conn) Shutdown() { c.finish(); c.onClose() }
		func (c conn) stopAll() { c.Shutdown() }
		func (c conn) send(l logger) { report(l); c.Close() }
		func (c conn) post(g func()) { jobs <- func() { g() } }
		var jobs chan func()
		func report(l logger) { l.Printf("sent") }
		func (k conn) disconnect(x c) { x.Send() }
		func (c conn) teardown() { if c.x == nil { c.teardown() }; c.Close() }
		`
	for name, test := range map[string]struct {
		body   string
		closes bool
	}{
		"a method":         {`go x.Close()`, true},
		"a literal":        {`go func() { x.Close() }()`, true},
		"in a loop":        {`go func() { for range 3 { x.Close() } }()`, true},
		"what it gets":     {`go func() { g2.Conn().Close() }()`, true},
		"and asks for":     {`go func() { g2.Find(1).Close() }()`, false},
		"sends, too":       {`go func() { x.Send(); x.Close() }()`, false},
		"another method":   {`go x.Send()`, false},
		"a parameter":      {`go func() { g(); x.Close() }()`, false},
		"reads a store":    {`go func() { user.Get(); x.Close() }()`, false},
		"reads one inside": {`go closeAll()`, false},
		"logs that":        {`go func() { if err := x.Close(); err != nil { l.Printf("%v", err) } }()`, true},
		"only logs":        {`go func() { l.Printf("done") }()`, false},
		"with slog":        {`go func() { if err := x.Close(); err != nil { slog.Error("close") } }()`, false},
		"in a function":    {`go closeLogged(x, nil)`, true},

		"its source is not at hand":   {`go stop(nil)`, true},
		"it ends what others close":   {`go conn{}.Close()`, true},
		"it calls a handler":          {`go conn{}.Shutdown()`, false},
		"it calls one further down":   {`go func() { conn{}.stopAll() }()`, false},
		"it calls another interface":  {`go conn{}.disconnect(x)`, false},
		"it hands a function over":    {`go conn{}.post(g)`, true}, // for the callers of post to bind
		"works, stops and logs":       {`go conn{}.send(l)`, false},
		"a function value that ends":  {`go conn{}.cancel()`, true},
		"functions that call another": {`go conn{}.teardown()`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, action := analyze(t, "package p\n\n"+declarations+handlers+"func closeAll() { user.Get() }\nfunc f(x c, g func()) { "+test.body+" }")
			stmt := sourcetest.Find[*ast.GoStmt](t, action, nil)
			assert.Equal(t, test.closes, p.OnlyCloses(stmt.Call.Fun))
		})
	}
}
