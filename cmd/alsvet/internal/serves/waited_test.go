package serves_test

import (
	"testing"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/serves"
)

// What its starter waits for may serve others meanwhile, as its name says.
func TestServesWhileItsStarterWaits(t *testing.T) {
	const wait = "import \"sync\"\n"
	judged(t, map[string]goroutine{
		"Start of an interface": {wait + `type server interface{ Start(int) error }
			func run(s server, n int) {
				var wg sync.WaitGroup
				wg.Add(1)
				go func() { defer wg.Done(); _ = s.Start(n) }()
				wg.Wait()
			}`,
			serves.Unclear, "may work for others while its starter waits"},
		"Run of a task": {wait + `type task interface{ Run(int) error }
			func run(s task, n int) {
				var wg sync.WaitGroup
				wg.Add(1)
				go func() { defer wg.Done(); _ = s.Run(n) }()
				wg.Wait()
			}`,
			serves.Starter, ""},
		"Start of a tracer": {wait + `type span struct{ n int }
			type tracer interface{ Start(int) *span }
			func run(s tracer, n int) {
				var wg sync.WaitGroup
				wg.Add(1)
				go func() { defer wg.Done(); _ = s.Start(n) }()
				wg.Wait()
			}`,
			serves.Starter, ""},
	})
}

// A function that finds a value in a table of the package returns what others share.
func TestOutOfATable(t *testing.T) {
	const hub = `type hub struct{ in chan func() }
		var hubs = map[string]*hub{}
		func find(name string) *hub { h := hubs[name]; return h }
		func open(name string) *hub { h := &hub{in: make(chan func())}; return h }
		`
	judged(t, map[string]goroutine{
		"found": {hub + "func start(name string) { go func() { h := find(name); for f := range h.in { f() } }() }", serves.Others, "ranges over the channel h.in"},
		"made":  {hub + "func start(name string) { go func() { h := open(name); for f := range h.in { f() } }() }", serves.Starter, ""},
	})
}
