//go:build ignore

// This program writes the measured loops: one function per design and type of store,
// so that each read is inlined, with no generic code and no func value around it.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
)

// A store is a type of store.
type store struct {
	name  string // as in store=name
	typ   string // in Go
	value string // the store of reads, and the default
	next  string // the store of a nested Run, from the loop variable i
	use   string // an int that needs all words of the store v
}

var stores = []store{
	{"int", "int", "someInt", "i + 1<<20", "v"},
	{"pointer", "*object", "&objects[0]", "&objects[i&1]", "v[0]"},
	{"string", "string", "names[0]", "names[i&1]", "len(v) + int(v[0])"},
	{"error", "error", "failures[0]", "failures[i&1]", "v.(*failure).code"},
	{"struct64", "object", "objects[0]", "objects[i&1]", "v[0] + v[7]"},
}

// A design is a way to look up a store: a constructor of the storage, given index,
// type and default, and the method that reads.
type design struct{ name, make, get string }

const newStorage = "designs.NewStorage[%[2]s](%[1]d, 0, %[3]s)"

func withLeaf(entry string) string {
	return "designs.NewStorage[%[2]s](%[1]d, designs." + entry + "(), %[3]s)"
}

var portable = []design{
	{"syncmap", newStorage, "SyncMap"},
	{"goid-direct", newStorage, "GoidDirect"},
	{"go-table", newStorage, "GoTable"},
	{"go-direct", newStorage, "GoDirect"},
}

var assembly = []design{
	{"asm-record", newStorage, "AsmRecord"},
	{"asm-direct", newStorage, "AsmDirect"},
	{"asm-shard", newStorage, "AsmShard"},
	{"asm-goid", newStorage, "AsmGoid"},
	{"asm-cell", newStorage, "AsmCell"},
	{"asm-near", newStorage, "AsmNear"},
	{"asm-goid-near", newStorage, "AsmGoidNear"},
	{"reg-cell-arg", newStorage, "RegCellArg"},
	{"reg-cell", withLeaf("EntryCell"), "Reg"},
	{"reg-near-arg", newStorage, "RegNearArg"},
	{"reg-near", withLeaf("EntryNear"), "Reg"},
	{"reg-goid-near", withLeaf("EntryGoidNear"), "Reg"},
	{"reg-value", withLeaf("EntryValue[%[2]s]"), "RegValue"},
	{"reg-only", withLeaf("EntryOnly"), "Reg"},
}

// Designs that exist for one type of store.
var assemblyInt = []design{
	{"reg-value-const", withLeaf("EntryIntConst"), "RegValue"},
}

var assemblyOK = []design{
	{"asm-cell-nil", newStorage, "AsmCellNil"},
	{"reg-cell-nil", newStorage, "RegCellNil"},
	{"asm-cell-ok", newStorage, "AsmCellOK"},
	{"reg-store-ok", newStorage, "RegStoreOK"},
}

// In axis A each storage has its own method to read.
var layouts = []design{
	{"boxed", "designs.NewBoxed[%[2]s](%[1]d, %[3]s)", "Get"},
	{"any", "designs.NewAny[%[2]s](%[1]d, %[3]s)", "Get"},
	{"pointer-or-box", "designs.NewPointerOrBox[%[2]s](%[1]d, %[3]s)", "Get"},
	{"typed", "designs.NewTyped[%[2]s](%[1]d, %[3]s)", "Get"},
	{"reg-store", "designs.NewNear[%[2]s](%[1]d, %[3]s)", "Get"},
	{"reg-value", "designs.NewNear[%[2]s](%[1]d, %[3]s)", "Value"},
}

// A file is one generated file: variables, preparation, loops.
type file struct {
	vars, prepare, loops bytes.Buffer
	index                int // the next free cell; int is enough for maxCells
	made                 map[string]string
}

// storage declares a storage, and stores into it when a goroutine is prepared.
// Designs whose storages do not differ share one.
func (f *file) storage(make string, st store) string {
	if v, ok := f.made[make+st.typ]; ok {
		return v
	}
	v := fmt.Sprintf("s%d", f.index)
	f.made[make+st.typ] = v
	fmt.Fprintf(&f.vars, "%s = %s\n", v, fmt.Sprintf(make, f.index, st.typ, st.value))
	fmt.Fprintf(&f.prepare, "%s.Set(%s)\n", v, st.value)
	f.index++
	return v
}

// loop writes one entry: four reads per round, each into a variable of its own, so
// that neither the loop nor a sum limits the speed.
func (f *file) loop(bench, name string, st store, before, read string) {
	fmt.Fprintf(&f.loops, "{%q, %q, %q, func(n int) {\n", bench, name, st.name)
	if before != "" {
		fmt.Fprintf(&f.loops, "%s\n", before)
	}
	f.loops.WriteString("for range n/4 {\n")
	for i := range 4 {
		fmt.Fprintf(&f.loops, "{v := %s; sink%d = %s}\n", read, i, st.use)
	}
	f.loops.WriteString("}\n}},\n")
}

// loopOK is loop for reads with two results.
func (f *file) loopOK(bench, name string, st store, before, read string) {
	fmt.Fprintf(&f.loops, "{%q, %q, %q, func(n int) {\n%s\nfor range n/4 {\n", bench, name, st.name, before)
	for i := range 4 {
		fmt.Fprintf(&f.loops, "if v, ok := %s; ok {sink%d = %s}\n", read, i, st.use)
	}
	f.loops.WriteString("}\n}},\n")
}

// nest writes an entry of nested Runs.
func (f *file) nest(name string, st store, before, expr string) {
	fmt.Fprintf(&f.loops, "{\"Nest\", %q, %q, func(n int) {\n%s\nfor i := range n {\n%s\n}\n}},\n", name, st.name, before, expr)
}

func (f *file) lookups(ds []design, ss []store) {
	for _, st := range ss {
		for _, d := range ds {
			v := f.storage(d.make, st)
			f.loop("Lookup", d.name, st, "", v+"."+d.get+"()")
		}
	}
}

func (f *file) write(name, suffix, imports string) {
	var out bytes.Buffer
	fmt.Fprintf(&out, "// Code generated by gen.go. DO NOT EDIT.\n\npackage designs_test\n\nimport (\n%s)\n\n", imports)
	fmt.Fprintf(&out, "var (\n%s)\n\nfunc prepare%s() {\n%s}\n\nvar loops%s = []loop{\n%s}\n", &f.vars, suffix, &f.prepare, suffix, &f.loops)
	text, err := format.Source(out.Bytes())
	if err != nil {
		log.Fatalf("%v\n%s", err, &out)
	}
	if err := os.WriteFile(name, text, 0o666); err != nil {
		log.Fatal(err)
	}
}

func main() {
	log.SetFlags(0)
	basic := stores[:3]

	p := &file{made: map[string]string{}}
	for i, st := range stores {
		ctx := "ctx := context.WithValue(background, structKey{}, " + st.value + ")"
		read := "ctx.Value(structKey{}).(" + st.typ + ")"
		p.loop("Read", "ctx", st, ctx, read)
		p.loop("Read", "ctx-pointer-key", st,
			"k := pointerKey\nctx := context.WithValue(background, k, "+st.value+")",
			"ctx.Value(k).("+st.typ+")")
		p.nest("ctx", st, "ctx := background", "callWith(context.WithValue(ctx, structKey{}, "+st.next+"))")
		if i < len(basic) {
			p.loop("Lookup", "ctx", st, ctx, read)
		}
	}
	p.loopOK("Lookup", "ctx-ok", stores[0], "ctx := context.WithValue(background, structKey{}, someInt)", "ctx.Value(structKey{}).(int)")
	p.loop("Lookup", "floor", stores[0], "", "int(goroutine.Pointer())")
	p.lookups(portable, basic)
	p.loopOK("Miss", "ctx", stores[0], "ctx := context.WithValue(background, pointerKey, someInt)", "ctx.Value(structKey{}).(int)")
	missing := p.storage(newStorage, stores[0])
	p.loop("Miss", "go-table", stores[0], "", missing+".GoTable()")
	p.write("loops_test.go", "", "\"context\"\n\n\"github.com/seed-1938943e/goroutine\"\n\"github.com/seed-1938943e/goroutine/bench/designs\"\n")

	a := &file{made: map[string]string{}, index: p.index}
	for _, st := range stores {
		for _, l := range layouts {
			if l.name == "reg-value" && st.name == "struct64" {
				continue // no registers for it
			}
			v := a.storage(l.make, st)
			a.loop("Read", l.name, st, "", v+"."+l.get+"()")
			if l.name == "reg-value" {
				continue // as reg-store
			}
			a.nest(l.name, st, "", v+".Nest("+st.next+", call)")
			if l.name == "typed" {
				a.nest("typed-defer", st, "", v+".NestDefer("+st.next+", call)")
			}
		}
	}
	a.lookups(assembly, basic)
	a.lookups(assemblyInt, stores[:1])
	a.loop("Lookup", "floor-reg", stores[0], "", "int(uintptr("+a.storage(withLeaf("EntryG"), stores[0])+".RegFloor()))")
	for _, d := range assemblyOK {
		a.loopOK("Lookup", d.name, stores[0], "", a.storage(d.make, stores[0])+"."+d.get+"()")
	}
	for _, d := range assembly {
		v := a.made[d.make+"int"]
		switch d.name {
		case "asm-record", "asm-cell", "asm-near", "asm-goid", "reg-cell", "reg-near", "reg-value":
			a.loop("Miss", d.name, stores[0], "", v+"."+d.get+"()")
		}
	}
	a.write("loops_amd64_test.go", "AMD64", "\"github.com/seed-1938943e/goroutine/bench/designs\"\n")
	if a.index > 64 {
		log.Fatalf("%d cells, a record has 64", a.index)
	}
}
