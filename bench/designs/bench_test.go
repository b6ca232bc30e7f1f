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

// A loop is one thing that is measured: n operations of one design on stores of
// one type. The loops are written out by gen.go.
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

// What is stored, and what the contexts start from. Variables, so that the
// compiler knows neither the values nor the type of the context.
var (
	background = context.Background()
	pointerKey = new(int)
	someInt    = 1 << 20
	objects    = [2]object{{1}, {2}}
	names      = [2]string{"one", "two"}
	failures   = [2]error{&failure{1}, &failure{2}}
)

// Where the loops put what they read. Integers, so that no write barrier is part
// of what is measured.
var sink0, sink1, sink2, sink3 int

// call and callWith are what runs inside a nested Run, and its equal with a context.
//
//go:noinline
func call() {}

//go:noinline
func callWith(context.Context) {}

// A population is what is in the tables while a benchmark runs.
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
	// displaced: as crowd, with another record where the caller's is looked for first.
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
		tb.Skip("no assembly to read the g with, or a layout of g that is not known")
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

// BenchmarkRead is axis A: what a read costs with each layout of a cell.
func BenchmarkRead(b *testing.B) { benchmark(b, "Read") }

// BenchmarkNest is axis A: what a nested Run costs with each layout, against
// context.WithValue and a call with the new context.
func BenchmarkNest(b *testing.B) { benchmark(b, "Nest") }

// BenchmarkLookup is axis B: what a read costs with each way to find the cell.
func BenchmarkLookup(b *testing.B) { benchmark(b, "Lookup") }

// BenchmarkMiss is BenchmarkLookup without a store to be found.
func BenchmarkMiss(b *testing.B) { benchmark(b, "Miss") }

var rounds = flag.Int("rounds", 0, "let TestReport measure so many rounds and print the tables of docs/designs.md")

// TestReport measures all loops, interleaved: a round gives each loop of a table a
// third of a millisecond, starting with another one each time. It prints medians over
// the rounds, of nanoseconds per operation and of the ratio to the context of the
// same round, and between brackets where the middle 80% of the ratios lie.
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
