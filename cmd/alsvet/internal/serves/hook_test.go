package serves_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
)

// A hook that users of a package set a long-lived value up with works for the caller that causes its
// call. A function that a request leaves somewhere works for that request.
func TestHooks(t *testing.T) {
	const hooks = `type Hooks struct { OnError []func(int); Named map[string]func(int); Numbered map[int]func(int); last func(int) }
		func (h *Hooks) AddOnError(f func(int)) { h.OnError = append(h.OnError, f) }
		func (h *Hooks) Handle(name string, f func(int)) { h.Named[name] = f }
		func (h *Hooks) HandleNumber(n int, f func(int)) { h.Numbered[n] = f }
		`
	judged(t, map[string]goroutine{
		"of a list": {hooks + `func (h *Hooks) fail(n int) { go func() { for _, f := range h.OnError { f(n) } }() }`, serves.Starter, ""},
		"of an iterator over a list": {`import "slices"
			` + hooks + `func (h *Hooks) fail(n int) { go func() { for _, f := range slices.Backward(h.OnError) { f(n) } }() }`, serves.Starter, ""},
		"of a table": {hooks + `func (h *Hooks) serve(n int) { f, ok := h.Named["x"]; if ok { go f(n) } }`, serves.Starter, ""},
		"of a table that names can leave": {hooks + `func (h *Hooks) RemoveName(name string) { delete(h.Named, name) }
			func (h *Hooks) serve(n int) { f := h.Named["x"]; go f(n) }`, serves.Starter, ""},
		"of a constructor": {`type Client struct { predicate func(int) bool }
			func NewClient(f func(int) bool) *Client { return &Client{predicate: f} }
			func (c *Client) send(n int) { go c.predicate(n) }`, serves.Starter, ""},
		"of a constructor that gets options": {`type options struct { predicate func(int) bool }
			type Client struct { o options; retries func(int) bool }
			func newClient(o options) *Client { return &Client{retries: o.predicate} }
			func NewClient() *Client { return newClient(options{}) }
			func (c *Client) send(n int) { go c.retries(n) }`, serves.Starter, ""},
		"that are numbered": {hooks + `func (h *Hooks) serve(n int) { f := h.Numbered[n]; go f(n) }`, serves.Unclear, "f, which another caller may have set"},
		"that the package sets": {hooks + `func (h *Hooks) expect(f func(int)) { h.last = f }
			func (h *Hooks) serve(n int) { go h.last(n) }`, serves.Unclear, "h.last"},
		"that are given nothing": {`type Client struct { stop []func() }
			func (c *Client) OnStop(f func()) { c.stop = append(c.stop, f) }
			func (c *Client) serve(n int) { go func() { for _, f := range c.stop { f() }; _ = n }() }`, serves.Unclear, "c.stop"},
		"that are taken out": {hooks + `func (h *Hooks) flush(n int) { list := h.OnError; h.OnError = nil
			go func() { for _, f := range list { f(n) } }() }`, serves.Unclear, ""},
		"that a method returns a handle of": {`type Client struct { handlers []func(int) }
			func (c *Client) OnReply(f func(int)) int { c.handlers = append(c.handlers, f); return len(c.handlers) }
			func (c *Client) serve(n int) { go func() { for _, f := range c.handlers { f(n) } }() }`, serves.Unclear, "c.handlers"},
		"that a method sets up a table for": {`type Hooks struct { named map[string]func(int) }
			func (h *Hooks) Handle(name string, f func(int)) { if h.named == nil { h.named = make(map[string]func(int)) }; h.named[name] = f }
			func (h *Hooks) serve(n int) { go h.named["x"](n) }`, serves.Starter, ""},
		"that a method registers for another": {hooks + `func (h *Hooks) HandleAll(f func(int)) { h.Handle("", f) }
			func (h *Hooks) serve(n int) { f := h.Named["x"]; go f(n) }`, serves.Starter, ""},
		"that a method registers for its request": {hooks + `func (h *Hooks) Publish(name string, f func(int)) { h.Handle(name, f) }
			func (h *Hooks) serve(n int) { f := h.Named["x"]; go f(n) }`, serves.Unclear, "f, which another caller may have set"},
		"that a method may call at once": {`type Client struct { up bool; ready []func(int) }
			func (c *Client) OnReady(f func(int)) { if c.up { f(0); return }; c.ready = append(c.ready, f) }
			func (c *Client) serve(n int) { go func() { for _, f := range c.ready { f(n) } }() }`, serves.Unclear, "c.ready"},
		"of which all are taken out": {`type Cache struct { loaded map[string]func(int) }
			func (c *Cache) OnLoaded(key string, f func(int)) { c.loaded[key] = f }
			func (c *Cache) fill(n int) { for _, f := range c.loaded { go f(n) }; c.loaded = make(map[string]func(int)) }`, serves.Unclear, "c.loaded"},
		"that wait for replies": {`type Client struct { replies map[string]func(int) }
			func (c *Client) Handle(id string, f func(int)) { c.replies[id] = f }
			func (c *Client) serve(id string, n int) { if f, ok := c.replies[id]; ok { go f(n) } }`, serves.Unclear, "f, which another caller may have set"},
		"that a method sends a request with": {`type remote interface { Tell(int) }
			type Client struct { r remote; handlers map[string]func(int) }
			func (c *Client) HandleReply(id string, f func(int)) { c.handlers[id] = f; c.r.Tell(0) }
			func (c *Client) serve(n int) { f := c.handlers["x"]; go f(n) }`, serves.Unclear, "f, which another caller may have set"},
		"of a request": {`type Request struct { finish func(int) }
			func NewRequest(f func(int)) *Request { return &Request{finish: f} }
			func (r *Request) end(n int) { go r.finish(n) }`, serves.Unclear, "r.finish"},
		"that wait in a queue": {`type Unit struct { finish func(int) }
			type Client struct { units chan *Unit }
			func NewUnit(f func(int)) *Unit { return &Unit{finish: f} }
			func (u *Unit) end(n int) { go u.finish(n) }`, serves.Unclear, "u.finish"},
		"that wait in a table of tables": {`type Unit struct { finish func(int) }
			type Client struct { units map[string]map[int]*Unit }
			func NewUnit(f func(int)) *Unit { return &Unit{finish: f} }
			func (u *Unit) end(n int) { go u.finish(n) }`, serves.Unclear, "u.finish"},
		"that a method hands to a constructor": {`type unit struct { finish func(int) }
			type Client struct { last *unit }
			func newUnit(f func(int)) *unit { return &unit{finish: f} }
			func (c *Client) Do(f func(int)) { c.last = newUnit(f) }
			func (u *unit) end(n int) { go u.finish(n) }`, serves.Unclear, "u.finish"},
		"that a method hands to an exported constructor": {`import "sync"
			type Unit struct { finish func(int) }
			type Client struct { open sync.Map }
			func NewUnit(f func(int)) *Unit { return &Unit{finish: f} }
			func (c *Client) Do(id string, f func(int)) { c.open.Store(id, NewUnit(f)) }
			func (u *Unit) End(n int) { go u.finish(n) }`, serves.Unclear, "u.finish"},
	})
}

// A hook that is given what all callers have left in a list works for all of them.
func TestHookOfBatch(t *testing.T) {
	const batcher = `type Batcher struct { flush func([]int); items []int }
		func NewBatcher(flush func([]int)) *Batcher { return &Batcher{flush: flush} }
		`
	judged(t, map[string]goroutine{
		"the list itself":  {batcher + `func (b *Batcher) send() { items := b.items; b.items = nil; go b.flush(items) }`, serves.Unclear, "passes nothing"},
		"in an expression": {batcher + `func (b *Batcher) send() { go b.flush(b.items); b.items = nil }`, serves.Unclear, "passes nothing"},
		"a copy": {batcher + `func (b *Batcher) send() { items := make([]int, len(b.items)); copy(items, b.items); b.items = b.items[:0]
			go b.flush(items) }`, serves.Unclear, "passes nothing"},
		"a copy by append": {batcher + `func (b *Batcher) send() { items := append([]int(nil), b.items...); b.items = b.items[:0]
			go func() { b.flush(items) }() }`, serves.Unclear, "passes nothing"},
		"what a method takes out": {batcher + `func (b *Batcher) take() []int { items := b.items; b.items = nil; return items }
			func (b *Batcher) send() { items := b.take(); go func() { b.flush(items) }() }`, serves.Unclear, "passes nothing"},
		"with something of the call": {`type Batcher struct { flush func(string, []int); items []int }
			func NewBatcher(flush func(string, []int)) *Batcher { return &Batcher{flush: flush} }
			func (b *Batcher) send(name string) { items := append(b.items, 1); b.items = nil; go b.flush(name, items) }`,
			serves.Unclear, "others may have put what it works on into b.items"},
		"a copy of what stays": {batcher + `func (b *Batcher) send() { items := append([]int(nil), b.items...); go b.flush(items) }`, serves.Starter, ""},
		"of the call":          {batcher + `func (b *Batcher) send(n int) { items := []int{n}; go b.flush(items) }`, serves.Starter, ""},
	})
}
