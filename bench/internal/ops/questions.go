package ops

import (
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/seed-1938943e/goroutine/bench/internal/result"
)

// carriers are the systems of most questions, in the order of the report.
var carriers = []System{ALS, Inherit, Context5, Context10, ContextSame, Routine, ModernGo, Jtolds, GoidMap}

// Questions returns the questions that are measured as loops, with crowds of at most
// maxCrowd goroutines. Those with crowds are the last, because a million goroutines
// change the process for the rows after them.
func Questions(maxCrowd int) []Question {
	b := newBuilder()
	one := "ctx.Value, one level deep"
	enter := "context.WithValue"
	return []Question{
		{"read", "Reading", "The current store is read in a loop, in the goroutine that set it. The libraries keep every value in an interface, so only a pointer and a string are measured for them.", b.rows(Context,
			Row{Name: "read/store=int", Label: "GetStore of an int", Against: one},
			Row{Name: "read/store=pointer", Label: "GetStore of a pointer", Against: one},
			Row{Name: "read/store=string", Label: "GetStore of a string", Against: one},
			Row{Name: "read/store=interface", Label: "GetStore of an interface type", Against: one},
			Row{Name: "read/store=struct64", Label: "GetStore of a struct of 64 bytes", Against: one},
			Row{Name: "read/store=revocable", Label: "GetStore with RevokeOnEnd", Against: one},
			Row{Name: "read/store=none", Label: "GetStore without a store", Against: "ctx.Value of a value that is set"},
		)},
		{"variables", "Reading among other variables", "The variable that was set first is read; the others were set after it.", b.among(1, 10, 100)},
		{"nesting", "Reading below nested scopes", "The same variable was set again in each scope; the innermost value is read.", b.below(1, 10, 100, 1000)},
		{"enter", "Entering and leaving a scope", "A scope with a new value is entered, an empty function is called, the scope is left.", b.rows(Context,
			Row{Name: "enter/store=pointer", Label: "nested Run of a pointer", Against: enter},
			Row{Name: "enter/store=int", Label: "nested Run of an int", Against: enter},
			Row{Name: "enter/store=string", Label: "nested Run of a string", Against: enter},
			Row{Name: "enter/scope=outermost", Label: "first Run of a goroutine", Against: enter},
			Row{Name: "enter/form=WithScope", Label: "WithScope and End", Against: enter},
			Row{Name: "enter/form=EnterWith", Label: "EnterWith, set in place", Against: enter},
			Row{Name: "enter/store=revocable", Label: "Run with RevokeOnEnd", Against: enter},
			Row{Name: "enter/reads=3", Label: "Run with three reads inside", Against: "context.WithValue, ctx.Value three times"},
			Row{Name: "enter/depth=10", Label: "10 nested Runs", Against: "10 nested context.WithValue"},
			Row{Name: "enter/depth=100", Label: "100 nested Runs", Against: "100 nested context.WithValue"},
		)},
		{"request", "As in a request", "The same operations with four storages set, as in a real request, and with a hundred. The storages are first used in a request, nested, so their cells do not collide. In one row the cells of all four storages collide: each was first used alone. With als/inherit, the cost of a scope must not grow with the number of storages, and a goroutine that inherits all their stores must read one as soon as a goroutine that als.Go starts.", append(b.inRequest(4, 100), b.collided(), b.firstRead())},
		{"spawn", "Starting a goroutine", "A goroutine is started and waited for, one at a time unless the row says otherwise.", slices.Concat(
			b.rows(Go,
				Row{Name: "spawn/stores=0", Label: "als.Go without stores, waited for", Against: "go, waited for"},
				Row{Name: "spawn/stores=1", Label: "als.Go, waited for", Against: "go, waited for"},
				Row{Name: "spawn/stores=10", Label: "als.Go with 10 stores, waited for", Against: "go, waited for"},
				Row{Name: "spawn/stores=1,batch=64", Label: "als.Go, 64 at a time", Against: "go, 64 at a time"},
				Row{Name: "spawn/stores=1,hooks=linked", Label: "als.Go with package hooks linked, waited for", Against: "go, waited for"},
				Row{Name: "spawn/stores=1,hooks=linked,batch=64", Label: "als.Go with package hooks linked, 64 at a time", Against: "go, 64 at a time"},
			),
			b.rows(Context,
				Row{Name: "spawn/work=scope", Label: "a new goroutine and its first Run", Against: "a new goroutine and context.WithValue"},
				Row{Name: "spawn/work=request", Label: "a new goroutine, its first Run, three reads", Against: "a new goroutine, context.WithValue, ctx.Value three times"},
			),
		)},
		{"capture", "Capturing stores, and calling a bound function", "The current stores are captured; a function that is bound to them is called.", b.rows(Context,
			Row{Name: "capture/snapshot=unchanged", Label: "Snapshot, nothing changed since", Against: enter},
			Row{Name: "capture/snapshot=changed", Label: "Snapshot after a change", Against: enter},
			Row{Name: "capture/op=bind", Label: "Bind of a func()", Against: "a closure over a context"},
			Row{Name: "capture/op=bound", Label: "call of a bound func()", Against: enter},
			Row{Name: "capture/op=bound,inside=Run", Label: "call of a bound func() inside another Run", Against: enter},
		)},
		{"parallel", "Reading in parallel", "GOMAXPROCS goroutines read at once; the time is that of one read of one goroutine.", b.parallel(runtime.NumCPU())},
		{"hooks", "Hooks off and on", "The same operations with no hook enabled, after a hook was enabled and disabled, and with a hook that does nothing.", hooked()},
		{"table", "gls.Table as a map from the goroutine to a value", "Each map looks up the value of the calling goroutine; the keys are goroutine.ID except in gls.Table. A lifecycle is a store, 20 loads and a delete.", tableRows(maxCrowd)},
		{"crowd", "Among other goroutines that hold values", "Other goroutines are parked in a scope, each with a value of each system of the row.", b.crowds(maxCrowd)},
	}
}

// Parked returns the rows about the memory of a goroutine that is parked while it
// holds a value. Their implementations have only Hold.
func Parked() []Row {
	b := newBuilder()
	one := Row{Name: "memory/inside=Run", Label: "parked inside one scope", Against: "parked", Impls: b.holders(slices.Concat([]System{ALS, Context}, carriers[5:]))}
	two := Row{Name: "memory/inside=Run,stores=2", Label: "parked inside two scopes", Against: "parked"}
	two.Impls = []Impl{{System: ALS, Hold: func(wait func()) {
		alsUser.Run(alice, func() { alsString.Run("x", wait) })
	}}}
	scope := Row{Name: "memory/inside=WithScope", Label: "parked inside WithScope", Against: "parked"}
	scope.Impls = []Impl{{System: ALS, Hold: func(wait func()) {
		defer alsUser.WithScope(alice).End()
		wait()
	}}}
	return []Row{one, two, scope}
}

type builder map[System]kit

func newBuilder() builder {
	b := builder{}
	for s, newKit := range kits {
		b[s] = newKit()
	}
	b[Go] = goKit()
	return b
}

// plainGo starts f for the systems that have no function for that.
//
//alsvet:ignore the plain go statement is measured
func plainGo(f func()) { go f() }

// goKit is the plain go statement.
func goKit() kit {
	one := Impl{Loop: func(n int) { spawn(n, plainGo) }}
	many := Impl{Loop: func(n int) { batch(n, plainGo) }}
	return kit{system: Go, rows: map[string]Impl{
		"spawn/stores=0":                       one,
		"spawn/stores=1":                       one,
		"spawn/stores=10":                      one,
		"spawn/stores=1,batch=64":              many,
		"spawn/stores=1,hooks=linked":          one,
		"spawn/stores=1,hooks=linked,batch=64": many,
	}}
}

// rows fills rows with the implementations of the systems.
func (b builder) rows(baseline System, rows ...Row) []Row {
	order := []System{baseline}
	if baseline != Context {
		order = append(order, Context)
	}
	order = slices.Concat(order, carriers)
	for i := range rows {
		for _, s := range order {
			if impl, ok := b[s].rows[rows[i].Name]; ok {
				impl.System = s
				rows[i].Impls = append(rows[i].Impls, impl)
			}
		}
	}
	return rows
}

// each calls implFor with the kit of each system and its implementation of reading a
// pointer.
func (b builder) each(implFor func(k kit, read Impl) (Impl, bool)) (impls []Impl) {
	for _, s := range slices.Concat([]System{Context}, carriers) {
		k, ok := b[s]
		if !ok {
			continue
		}
		if impl, ok := implFor(k, k.rows["read/store=pointer"]); ok {
			impl.System = s
			impls = append(impls, impl)
		}
	}
	return impls
}

func (b builder) among(counts ...int) (rows []Row) {
	for _, n := range counts {
		impls := b.each(func(k kit, read Impl) (Impl, bool) {
			if k.system == Context {
				return read, true
			}
			return Impl{Loop: read.Loop, Around: func(f func()) {
				k.scope(alice, func() { k.others(n-1, f) })
			}}, k.others != nil
		})
		same := ctxRead(alice, n-1, ctxReadPointer)
		same.System = ContextSame
		rows = append(rows, Row{
			Name: fmt.Sprintf("variables/count=%d", n), Label: fmt.Sprintf("GetStore with %s set", counted(n, "storage")),
			Against: "ctx.Value, one level deep", Impls: slices.Insert(impls, 1, same),
		})
	}
	return rows
}

// inRequest returns rows of other questions with a number of storages set.
func (b builder) inRequest(sets ...int) (rows []Row) {
	for _, op := range []struct{ name, row, label, against string }{
		{"read", "read/store=pointer", "GetStore of a pointer", "ctx.Value, one level deep"},
		{"enter", "enter/store=pointer", "nested Run of a pointer", "context.WithValue"},
		{"enter-first", "enter/scope=outermost", "first Run of a storage", "context.WithValue"},
		{"scope", "enter/form=WithScope", "WithScope and End", "context.WithValue"},
		{"revocable", "enter/store=revocable", "Run with RevokeOnEnd", "context.WithValue"},
		{"bound", "capture/op=bound", "call of a bound func()", "context.WithValue"},
	} {
		for _, n := range sets {
			rows = append(rows, Row{
				Name:    fmt.Sprintf("request/op=%s,set=%d", op.name, n),
				Label:   fmt.Sprintf("%s, %s set", op.label, counted(n, "storage")),
				Against: op.against,
				Impls: b.each(func(k kit, _ Impl) (Impl, bool) {
					alone := k.rows[op.row]
					if k.system == Context {
						return alone, true
					}
					return Impl{Loop: alone.Loop, Around: func(f func()) {
						k.request(n-1, func() { alone.Within(f) })
					}}, k.request != nil
				}),
			})
		}
	}
	return rows
}

// collided returns the row of a read that looks at four cells before it finds its own.
func (b builder) collided() Row {
	return Row{
		Name: "request/op=read-collided,set=4", Label: "GetStore of a pointer, the cells of 4 storages collide",
		Against: "ctx.Value, one level deep",
		Impls: b.each(func(k kit, read Impl) (Impl, bool) {
			if k.system == Context {
				return read, true
			}
			return k.collided, k.collided.Loop != nil
		}),
	}
}

// firstRead returns the row of a goroutine that reads one of a hundred stores that it has
// inherited. Its baseline is a goroutine that als.Go starts in a program without als/inherit.
func (b builder) firstRead() Row {
	impl := func(k kit, start func(f func())) Impl {
		return Impl{
			System: k.system,
			Around: func(f func()) {
				k.request(99, func() { k.scope(alice, f) })
			},
			Loop: func(n int) { spawnWork(n, start, func() { alsReadPointer(1) }) },
		}
	}
	return Row{
		Name: "request/op=first-read,set=100", Label: "a plain go statement and the first read, 100 storages set",
		Against: "als.Go and the first read", Impls: []Impl{impl(b[ALS], b[ALS].start), impl(b[Inherit], plainGo)},
	}
}

func (b builder) below(depths ...int) (rows []Row) {
	for _, n := range depths {
		impls := b.each(func(k kit, read Impl) (Impl, bool) {
			if k.system == Context {
				return read, true
			}
			return Impl{Loop: read.Loop, Around: func(f func()) { deep(k.scope, n, f) }}, k.scope != nil
		})
		same := ctxReadBelow(n)
		same.System = ContextSame
		rows = append(rows, Row{
			Name: fmt.Sprintf("nesting/depth=%d", n), Label: fmt.Sprintf("GetStore below %s", counted(n, "Run")),
			Against: "ctx.Value, one level deep", Impls: slices.Insert(impls, 1, same),
		})
	}
	return rows
}

func (b builder) parallel(procs int) (rows []Row) {
	for p := 1; p <= procs; p++ {
		impls := b.each(func(k kit, read Impl) (Impl, bool) {
			return Impl{Loop: simultaneously(p, read)}, k.scope != nil && k.system != Inherit
		})
		rows = append(rows, Row{
			Name: fmt.Sprintf("parallel/procs=%d", p), Label: fmt.Sprintf("GetStore, GOMAXPROCS=%d", p),
			Against: "ctx.Value, one level deep", Procs: p, Impls: impls,
		})
	}
	return rows
}

// simultaneously returns a loop that runs p loops at once, n iterations each.
func simultaneously(p int, i Impl) func(n int) {
	return func(n int) {
		var done sync.WaitGroup
		done.Add(p)
		for range p {
			//alsvet:ignore each goroutine enters the contexts that it measures
			go func() {
				defer done.Done()
				i.Within(func() { i.Loop(n) })
			}()
		}
		done.Wait()
	}
}

// lean are the systems that are measured among a million goroutines: the values of
// all systems would not fit into the memory of a small machine.
var lean = []System{Context, ALS, GoidMap}

// huge is the crowd in which only the lean systems are measured.
const huge = 1_000_000

func (b builder) crowds(most int) (rows []Row) {
	for _, crowd := range []int{1, 1000, 100_000, huge} {
		if crowd > most {
			break
		}
		for _, op := range []struct{ name, row, label, against string }{
			{"read", "read/store=pointer", "GetStore beside %s with stores", "ctx.Value, one level deep"},
			{"enter", "enter/store=pointer", "nested Run beside %s with stores", "context.WithValue"},
		} {
			rows = append(rows, Row{
				Name:    fmt.Sprintf("crowd/op=%s/goroutines=%d", op.name, crowd),
				Label:   fmt.Sprintf(op.label, counted(crowd, "goroutine")),
				Against: op.against, Crowd: crowd,
				Impls: b.each(func(k kit, _ Impl) (Impl, bool) {
					i := k.rows[op.row]
					i.Hold = holder(k)
					return i, k.scope != nil && k.system != Inherit && (crowd < huge || slices.Contains(lean, k.system))
				}),
			})
		}
	}
	return rows
}

func (b builder) holders(systems []System) (impls []Impl) {
	for _, s := range systems {
		if k, ok := b[s]; ok && k.scope != nil {
			impls = append(impls, Impl{System: s, Hold: holder(k)})
		}
	}
	return impls
}

func holder(k kit) func(wait func()) { return func(wait func()) { k.scope(alice, wait) } }

func tableRows(maxCrowd int) (rows []Row) {
	for _, op := range []struct {
		name, label string
		impl        func(table) Impl
	}{
		{"load", "Load", func(t table) Impl { return t.load }},
		{"store", "Store", func(t table) Impl { return t.store }},
		{"lifecycle", "lifecycle", func(t table) Impl { return t.lifecycle }},
	} {
		for _, crowd := range []int{1, 1000, 100_000} {
			if crowd > maxCrowd {
				break
			}
			r := Row{
				Name:    fmt.Sprintf("table/op=%s/goroutines=%d", op.name, crowd),
				Label:   fmt.Sprintf("%s beside %s with entries", op.label, counted(crowd, "goroutine")),
				Against: "the same of a sync.Map", Crowd: crowd,
			}
			for _, s := range []System{SyncMap, Table, Sharded, Xsync, Haxmap} {
				if make, ok := tables[s]; ok {
					t := make()
					impl := op.impl(t)
					impl.System, impl.Hold = s, t.hold
					r.Impls = append(r.Impls, impl)
				}
			}
			rows = append(rows, r)
		}
	}
	return rows
}

// counted writes a number and a noun, such as 1,000 Runs.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return result.Thousands(n) + " " + thing + "s"
}
