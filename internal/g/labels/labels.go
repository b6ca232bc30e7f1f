// Package labels reads and sets a goroutine's profiler labels as the one pointer that
// they are to the runtime. A new goroutine gets the pointer of the goroutine that starts
// it.
//
// The pointer is read from the g. It is set by the public function of runtime/pprof,
// which takes any context and asks it for the labels.
package labels

import (
	"context"
	"fmt"
	"reflect"
	"runtime/pprof"
	"sync"
	"unsafe"

	_ "github.com/seed-1938943e/goroutine" // initializes package g
	"github.com/seed-1938943e/goroutine/internal/g"
)

// Check returns nil if the labels of this Go release look as package labelset writes
// them: a pointer to one slice of pairs of strings. It looks at types only, so it
// follows no pointer whose target is not known.
func Check() error { return known().err }

// Offset returns where a g has the pointer to its labels, 0 if that is unknown or
// if Check returns an error.
func Offset() uintptr { return known().offset }

// Get returns the caller's labels. Offset must not be 0.
func Get() unsafe.Pointer { return g.OwnPointer(known().offset) }

// Of returns the address of the labels that the goroutine with the g at gp has. Offset
// must not be 0.
func Of(gp uintptr) uintptr { return g.Word(gp, known().offset) }

// Set makes set the caller's labels; nil stands for none. set must point to a slice of
// pairs of strings, and Check must return nil.
func Set(set unsafe.Pointer) {
	if set == nil {
		pprof.SetGoroutineLabels(context.Background())
		return
	}
	// Sound because Check has found that the element type of the pointer has the layout
	// of a slice of pairs of strings, as set has.
	pprof.SetGoroutineLabels(constant{value: reflect.NewAt(known().set, set).Interface()})
}

// A constant is a context with one value for every key. It is for SetGoroutineLabels,
// which asks for the labels and for nothing else.
type constant struct {
	context.Context
	value any
}

func (c constant) Value(any) any { return c.value }

// A layout has the results of Check and Offset.
type layout struct {
	set    reflect.Type // the pointer's element type
	offset uintptr
	err    error
}

// known returns the layout. The first call finds it, with goroutines that have ended
// when it returns.
var known = sync.OnceValue(find)

func find() (l layout) {
	if l.set, l.err = typeOfSet(labelled()); l.err != nil {
		return layout{err: l.err}
	}
	if g.GoidOffset() == 0 {
		return l
	}
	offsets := g.NewSieve()
	onNew(func() {
		for range 3 {
			ctx := labelled()
			pprof.SetGoroutineLabels(ctx)
			here := uintptr(pointerIn(ctx).UnsafePointer())
			offsets = offsets.KeepOwn(here)
			onNew(func() { offsets = offsets.KeepOwn(here) })
		}
		pprof.SetGoroutineLabels(context.Background())
		offsets = offsets.KeepOwn(0)
	})
	l.offset = offsets.Only()
	return l
}

// onNew runs f in a goroutine of its own.
func onNew(f func()) {
	var done sync.WaitGroup
	done.Add(1)
	go func() {
		defer done.Done()
		f()
	}()
	done.Wait()
}

func labelled() context.Context {
	return pprof.WithLabels(context.Background(), pprof.Labels("key", "value"))
}

// typeOfSet returns the type that the labels in a context point to, if it is a slice
// of pairs of strings.
func typeOfSet(ctx context.Context) (reflect.Type, error) {
	p := pointerIn(ctx)
	if !p.IsValid() {
		return nil, fmt.Errorf("the labels in a %T cannot be found", ctx)
	}
	set := p.Type().Elem()
	return set, checkSet(set)
}

// pointerIn returns the pointer that a context from pprof.WithLabels holds, the zero
// Value if the context does not look as expected.
func pointerIn(ctx context.Context) reflect.Value {
	v := reflect.ValueOf(ctx)
	if v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct {
		if f := v.Elem().FieldByName("val"); f.Kind() == reflect.Interface && f.Elem().Kind() == reflect.Pointer {
			return f.Elem()
		}
	}
	return reflect.Value{}
}

func checkSet(set reflect.Type) error {
	t := set
	for t.Kind() == reflect.Struct && t.NumField() == 1 {
		t = t.Field(0).Type
	}
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && t.Elem().NumField() == 2 &&
		t.Elem().Field(0).Type.Kind() == reflect.String && t.Elem().Field(1).Type.Kind() == reflect.String {
		return nil
	}
	return fmt.Errorf("the labels are a %v, not a slice of pairs of strings", set)
}
