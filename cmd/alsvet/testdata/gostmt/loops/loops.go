// Package loops starts goroutines that stay.
package loops

import (
	"bufio"
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"example.com/library/spawn"

	"github.com/seed-1938943e/goroutine/als"
)

var user als.Storage[string]

func work(any) { user.Get() }

type pool struct {
	tasks chan func()
	stop  chan struct{}
	once  sync.Once
	cond  *sync.Cond
	queue []func()
	conn  net.Conn
	tick  *time.Ticker
	on    bool
	busy  atomic.Bool
	done  map[string]bool
}

func (p *pool) worker() {
	for task := range p.tasks {
		task()
	}
}

func (p *pool) selects() {
	for {
		select {
		case task := <-p.tasks:
			task()
		case <-p.stop:
			return
		}
	}
}

func (p *pool) drain() {
	for len(p.queue) > 0 {
		task := p.queue[0]
		p.queue = p.queue[1:]
		task()
	}
}

func (p *pool) sleeps() {
	for {
		for len(p.queue) == 0 {
			p.cond.Wait()
		}
		work(nil)
	}
}

func (p *pool) reads() {
	buf := make([]byte, 100)
	for {
		n, err := p.conn.Read(buf)
		if err != nil {
			return
		}
		work(buf[:n])
	}
}

func (p *pool) janitor() {
	for {
		select {
		case <-p.stop:
			return
		case <-p.tick.C:
			work(nil)
		}
	}
}

func (p *pool) next() func() { return <-p.tasks }

func (p *pool) calls() {
	for {
		p.next()()
	}
}

func (p *pool) one() { (<-p.tasks)() }

func (p *pool) expire() { user.Get() }

func recovered(f func()) {
	defer func() { _ = recover() }()
	f()
}

// The receivers are what others reach.
func (p *pool) start() {
	go p.worker()                       // want `also works for other callers \(it ranges over the channel p.tasks \(loops.go:\d+\)\)`
	go p.selects()                      // want `also works for`
	go p.drain()                        // want `also works for`
	go p.sleeps()                       // want `also works for`
	go p.reads()                        // want `also works for`
	go p.janitor()                      // want `also works for`
	go p.calls()                        // want `also works for`
	go p.one()                          // want `also works for`
	go func() { p.worker() }()          // want `also works for`
	go recovered(p.worker)              // want `also works for`
	go recovered(func() { p.worker() }) // want `also works for`
	work := p.worker
	go work()   // want `also works for`
	go func() { // want `also works for`
		for task := range p.tasks {
			recovered(task)
		}
	}()
	als.Go(p.worker) // want `als.Go shows them this caller's stores`
	go p.expire()    // want `use als.Go$`
}

// A goroutine that is started once serves all callers.
func (p *pool) lazily() {
	p.once.Do(func() {
		go p.expire() // want `started once, below a sync.Once`
	})
	p.once.Do(p.below)
	if !p.on {
		p.on = true
		go p.expire() // want `started once, guarded by p.on`
	}
	if p.busy.CompareAndSwap(false, true) {
		go p.expire() // want `started once, guarded by p.busy.CompareAndSwap`
	}
	if p.tick == nil {
		p.tick = time.NewTicker(1)
		go func() { // want `guarded by p.tick`
			work(nil)
		}()
	}
}

func (p *pool) below() {
	p.deeper()
}

func (p *pool) deeper() {
	go p.expire() // want `below a sync.Once`
}

func (p *pool) byKey(key string) {
	if _, ok := p.done[key]; ok {
		return
	}
	p.done[key] = true
	go p.expire() // want `a test of p.done\[key\], which others change`
}

func newPool() *pool {
	p := &pool{tasks: make(chan func())}
	go p.worker() // want `also works for`
	go p.expire() // want `use als.Go$`
	return p
}

// A starter that serves others itself has no stores.
func (p *pool) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go work(conn) // there are no stores to lose
	}
}

// Request-bound loops end with their starter.
func fanOut(ids []int) {
	jobs := make(chan int)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() { // want `use als.Go$`
			defer wg.Done()
			for id := range jobs {
				work(id)
			}
		}()
	}
	for _, id := range ids {
		jobs <- id
	}
	close(jobs)
	wg.Wait()
}

func fanIn(ids []int) (sum int) {
	results := make(chan int)
	for _, id := range ids {
		go func() { // want `use als.Go$`
			work(id)
			results <- id
		}()
	}
	for range ids {
		sum += <-results
	}
	return sum
}

func pages(ctx context.Context, list func(string) (string, error)) <-chan string {
	out := make(chan string)
	go func() { // want `use als.Go$`
		defer close(out)
		token := ""
		for {
			next, err := list(token)
			if err != nil || next == "" {
				return
			}
			select {
			case out <- next:
			case <-ctx.Done():
				return
			}
			token = next
		}
	}()
	return out
}

func heartbeat() {
	done := make(chan struct{})
	defer close(done)
	go func() { // want `use als.Go$`
		t := time.NewTicker(1)
		for {
			select {
			case <-done:
				return
			case <-t.C:
				work(nil)
			}
		}
	}()
	work(nil)
}

func once(ids []int) {
	for range ids {
		user.Get()
	}
	for i := 0; i < 3; i++ {
		user.Get()
	}
}

func retries() {
	go once(nil) // want `use als.Go$`
	go func() {  // want `use als.Go$`
		for attempt := 0; ; attempt++ {
			if attempt > 3 {
				return
			}
			work(attempt)
		}
	}()
}

// Nothing shows for which callers these work.
func unclear(ctx context.Context, jobs chan int, p *pool) {
	go func() { // want `use als.Go if it works only for this caller`
		for job := range jobs {
			work(job)
		}
	}()
	go p.worker() // want `use als.Go if`
	go func() {   // want `use als.Go if`
		for ctx.Err() == nil {
			work(nil)
		}
	}()
}

// A function that only servers call has no stores either, unless they put one in place.
func (p *pool) serveAll() {
	go p.accepts(nil) // connections begin without stores
	go p.enters(nil)
}

func (p *pool) accepts(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		p.handleOne(conn)
	}
}

func (p *pool) handleOne(conn net.Conn) {
	go work(conn)
}

func (p *pool) enters(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		user.Run("u", func() { p.handleTwo(conn) })
	}
}

func (p *pool) handleTwo(conn net.Conn) {
	go work(conn) // want `use als.Go$`
}

// A reader around a shared connection, an alias of what is shared, a test of what is
// there, and a watcher that ends.
type state struct{ timer *time.Timer }

type client struct {
	conn  net.Conn
	state *state
	lines chan string
	size  int
}

func (c *client) lineReader() {
	r := bufio.NewReader(c.conn)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		work(line)
	}
}

func (c *client) open() {
	go c.lineReader() // want `also works for`
	s := c.state
	if s.timer == nil {
		s.timer = time.NewTimer(1)
		go work(s) // want `guarded by s.timer`
	}
	if c.state != nil {
		c.state = nil
		go work(c) // want `use als.Go$`
	}
}

type watcher interface {
	Updates() <-chan string
	Stop()
}

type lister struct {
	w    watcher
	keys chan string
}

func keys(watch func() (watcher, error)) (*lister, error) {
	w, err := watch()
	if err != nil {
		return nil, err
	}
	l := &lister{w: w, keys: make(chan string)}
	go func() { // want `use als.Go$`
		defer close(l.keys)
		for key := range w.Updates() {
			work(key)
			l.keys <- key
		}
	}()
	return l, nil
}

// A list whose variables are assigned from each other is followed once.
type node struct {
	next, prev, end *node
	jobs            chan int
}

func (p *pool) list(n *node) {
	a, b, c := n, n, n
	for i := 0; i < 9; i++ {
		a, b, c = b.next, c.prev, a.end
		b, c, a = a.next.prev, b.end.next, c.prev.prev
		c, a, b = b.prev.end, c.next.next, a.end.end
		a, b, c = c.end.next, a.end.prev, b.next.end
		b, c, a = c.next, a.prev, b.end
	}
	go func() { // want `use als.Go if`
		for job := range a.jobs {
			work(job)
		}
	}()
}

// A heartbeat of a receiver serves all its users, and so does a goroutine that fills a pool.
func (s *state) beat(ctx context.Context) {
	t := time.NewTicker(1)
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			work(s)
		}
	}
}

func (s *state) redial() {
	for {
		if user.Get() != "" {
			return
		}
		time.Sleep(1)
	}
}

func newState(ctx context.Context) (*state, func()) {
	ctx, cancel := context.WithCancel(ctx)
	s := &state{}
	go s.beat(ctx) // want `also works for`
	return s, cancel
}

func (c *client) fill(want int) {
	go c.state.redial() // want `nothing here shows for how long`
	for c.size < want {
		c.size++
		go work(c) // want `a test of c.size, which others change`
	}
}

// A loop that asks a client of another module gets no work from its callers. One that calls
// the handlers of this module does, unless it works only when a ticker fires.
type asker struct {
	ticks   *time.Ticker
	names   chan string
	client  spawn.Doer
	handler doer
}

type doer interface{ Do(name string) error }

func (a *asker) start() {
	go a.ask()
	go a.tell() // want `also works for`
	go a.remind()
}

func (a *asker) ask() {
	for name := range a.names {
		_ = a.client.Do(name)
	}
}

func (a *asker) tell() {
	for name := range a.names {
		_ = a.handler.Do(name)
	}
}

func (a *asker) remind() {
	for range a.ticks.C {
		_ = a.handler.Do("tick")
	}
}

// A dispatcher's handler runs on its goroutine only. That a test calls it says nothing of the
// program.
type dispatcher struct{ keys chan string }

func (d *dispatcher) start() {
	go d.run() // want `also works for`
}

func (d *dispatcher) run() {
	for key := range d.keys {
		d.handle(key)
	}
}

func (d *dispatcher) handle(key string) {
	go work(key)
}
