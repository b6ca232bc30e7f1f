package designs_test

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/seed-1938943e/goroutine/bench/designs"
)

// A loop measures n operations of one design on stores of one type. gen.go writes the
// loops.
type loop struct {
	bench, design, store string
	run                  func(n int)
}

//go:generate go run gen.go

type (
	structKey struct{}
	object    [8]int
	failure   struct{ code int }
)

func (*failure) Error() string { return "a failure" }

// The stores, and the first context. They are variables, so that the compiler knows
// neither the values nor the type of the context.
var (
	background = context.Background()
	pointerKey = new(int)
	someInt    = 1 << 20
	objects    = [2]object{{1}, {2}}
	names      = [2]string{"one", "two"}
	failures   = [2]error{&failure{1}, &failure{2}}
)

// The loops write the stores that they read here. They are integers, so that no write
// barrier is measured.
var sink0, sink1, sink2, sink3 int

// A nested Run runs call; the loop with a context runs callWith.
//
//go:noinline
func call() {}

//go:noinline
func callWith(context.Context) {}

// A population is the content of the tables during a benchmark.
type population struct {
	name    string
	arrange func()
}

var (
	alone = population{"alone", func() {
		designs.Populate(true, 0)
		prepareAll()
	}}
	crowd = population{"crowd", func() {
		designs.Populate(true, 100_000)
		prepareAll()
	}}
	// displaced is crowd with another record in the first slot of the caller's lookup.
	displaced = population{"displaced", func() {
		designs.Populate(true, 100_000)
		prepareAll()
		designs.Displace()
	}}
	noStore       = population{"no-store", func() { designs.Populate(true, 0) }}
	noRecord      = population{"no-record", func() { designs.Populate(false, 0) }}
	noRecordCrowd = population{"no-record-crowd", func() { designs.Populate(false, 100_000) }}
)

func populations(bench string) []population {
	switch bench {
	case "Lookup":
		return []population{alone, crowd, displaced}
	case "Miss":
		return []population{noStore, noRecord, noRecordCrowd}
	}
	return []population{alone}
}

func requireUsable(tb testing.TB) {
	if !designs.Usable() {
		tb.Skip("no assembly that reads the g, or an unknown layout of g")
	}
}

func benchmark(b *testing.B, bench string) {
	requireUsable(b)
	for _, p := range populations(bench) {
		for _, l := range allLoops() {
			if l.bench != bench {
				continue
			}
			b.Run(fmt.Sprintf("design=%s/store=%s/table=%s", l.design, l.store, p.name), func(b *testing.B) {
				p.arrange()
				b.ReportAllocs()
				b.ResetTimer()
				l.run((b.N + 3) / 4 * 4)
			})
		}
	}
}

// BenchmarkRead is axis A: the cost of a read with each layout of a cell.
func BenchmarkRead(b *testing.B) { benchmark(b, "Read") }

// BenchmarkNest is axis A: the cost of a nested Run with each layout, beside
// context.WithValue and a call with the new context.
func BenchmarkNest(b *testing.B) { benchmark(b, "Nest") }

// BenchmarkLookup is axis B: the cost of a read with each way to find the cell.
func BenchmarkLookup(b *testing.B) { benchmark(b, "Lookup") }

// BenchmarkMiss is BenchmarkLookup without a store.
func BenchmarkMiss(b *testing.B) { benchmark(b, "Miss") }

var rounds = flag.Int("rounds", 0, "the number of rounds that TestReport measures for the tables of docs/designs.md")

// TestReport measures all loops in turn. In a round each loop of a table gets a third
// of a millisecond; each round starts with another loop. It prints medians over the
// rounds: of nanoseconds per operation and of the ratio to the context in the same
// round. The brackets have the range of the middle 80% of the ratios.
func TestReport(t *testing.T) {
	if *rounds == 0 {
		t.Skip("only with -rounds=60")
	}
	requireUsable(t)
	for _, bench := range []string{"Read", "Nest", "Lookup", "Miss"} {
		for _, p := range populations(bench) {
			report(os.Stdout, bench, p, *rounds)
		}
	}
}

type result struct {
	loop
	ns, ratio []float64
	allocs    float64
}

func report(w io.Writer, bench string, p population, rounds int) {
	p.arrange()
	tables := map[string][]*result{} // by store
	var order []string
	for _, l := range allLoops() {
		if l.bench != bench {
			continue
		}
		if tables[l.store] == nil {
			order = append(order, l.store)
		}
		tables[l.store] = append(tables[l.store], &result{loop: l})
	}
	for _, store := range order {
		measure(tables[store], rounds)
	}

	// One row per design, one column per type of store.
	var rows []string
	cells := map[string]string{}
	for _, store := range order {
		for _, r := range tables[store] {
			if !slices.Contains(rows, r.design) {
				rows = append(rows, r.design)
			}
			text := fmt.Sprintf("%.2f ns, %.2f [%.2f %.2f]", quantile(r.ns, .5), quantile(r.ratio, .5), quantile(r.ratio, .1), quantile(r.ratio, .9))
			if bench == "Nest" {
				text += fmt.Sprintf(", %.0f allocs", r.allocs)
			}
			cells[r.design+"/"+store] = text
		}
	}
	fmt.Fprintf(w, "\n%s, table=%s\n\n", bench, p.name)
	tab := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	fmt.Fprintf(tab, "| design\t| %s\t|\n|---\t%s|\n", strings.Join(order, "\t| "), strings.Repeat("|---\t", len(order)))
	for _, row := range rows {
		fmt.Fprintf(tab, "| %s\t", row)
		for _, store := range order {
			fmt.Fprintf(tab, "| %s\t", cells[row+"/"+store])
		}
		fmt.Fprintf(tab, "|\n")
	}
	tab.Flush()
}

func measure(results []*result, rounds int) {
	const slice = time.Second / 3000
	n := make([]int, len(results))
	took := make([]float64, len(results)) // ns per operation, of this round
	base := 0
	time1 := func(i, n int) time.Duration {
		start := time.Now()
		results[i].run(n)
		return time.Since(start)
	}
	for i, r := range results {
		if r.design == "ctx" {
			base = i
		}
		n[i] = 1 << 10
		time1(i, n[i])
		n[i] = max(4, int(slice*time.Duration(n[i])/max(1, time1(i, n[i])))&^3)
		r.allocs = testing.AllocsPerRun(10, func() { r.run(100) }) / 100
	}
	runtime.GC()
	for round := range rounds {
		for j := range results {
			i := (j + round) % len(results)
			took[i] = float64(time1(i, n[i])) / float64(n[i])
		}
		for i, r := range results {
			r.ns = append(r.ns, took[i])
			r.ratio = append(r.ratio, took[i]/took[base])
		}
	}
}

func quantile(xs []float64, q float64) float64 {
	s := slices.SortedFunc(slices.Values(xs), cmp.Compare[float64])
	return s[int(q*float64(len(s)-1)+.5)]
}
