package inherit

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"runtime/pprof"
	"slices"
	"unsafe"

	"github.com/seed-1938943e/goroutine"
)

// checkLayout returns nil if the labels of this Go release look the way in which
// package async writes them: a pointer to one slice of pairs of strings. It asks the
// types, so it follows no pointer whose target is not known.
func checkLayout() error {
	before := getLabels()
	defer setLabels(before)
	ctx := pprof.WithLabels(context.Background(), pprof.Labels("key", "value"))
	pprof.SetGoroutineLabels(ctx)
	set, err := labelsIn(ctx)
	if err != nil {
		return err
	}
	if set.UnsafePointer() != getLabels() {
		return errors.New("a goroutine's labels are not those of its context")
	}
	return isSetOfLabels(set.Type().Elem())
}

// labelsIn returns the pointer that a context from pprof.WithLabels holds.
func labelsIn(ctx context.Context) (reflect.Value, error) {
	v := reflect.ValueOf(ctx)
	if v.Kind() == reflect.Pointer && v.Elem().Kind() == reflect.Struct {
		if f := v.Elem().FieldByName("val"); f.Kind() == reflect.Interface && f.Elem().Kind() == reflect.Pointer {
			return f.Elem(), nil
		}
	}
	return reflect.Value{}, fmt.Errorf("the labels in a %v cannot be found", v.Type())
}

func isSetOfLabels(t reflect.Type) error {
	set := t
	for t.Kind() == reflect.Struct && t.NumField() == 1 {
		t = t.Field(0).Type
	}
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct && t.Elem().NumField() == 2 &&
		t.Elem().Field(0).Type.Kind() == reflect.String && t.Elem().Field(1).Type.Kind() == reflect.String {
		return nil
	}
	return fmt.Errorf("the labels are a %v, not a slice of pairs of strings", set)
}

// searchLimit bounds the search of a g, as in the root package: a g is 440 bytes
// or more in every release since 1.24.
const searchLimit = 384

// everyOffset returns where a word can be in a g.
func everyOffset() []uintptr {
	var all []uintptr
	for offset := uintptr(0); offset < searchLimit; offset += unsafe.Sizeof(offset) {
		all = append(all, offset)
	}
	return all
}

// only returns the one offset that is left of the candidates, else 0.
func only(offsets []uintptr) uintptr {
	if len(offsets) == 1 {
		return offsets[0]
	}
	return 0
}

// sieve keeps the offsets at which the caller's g has a word. Sound because
// searchLimit keeps it inside the g, which is not freed; the word is only compared.
func sieve(offsets []uintptr, word uintptr) []uintptr {
	g, _ := goroutine.Self()
	if g == nil {
		return nil
	}
	return slices.DeleteFunc(offsets, func(offset uintptr) bool {
		return *(*uintptr)(unsafe.Add(g, offset)) != word
	})
}

// onNew runs f in a goroutine of its own and waits for it.
func onNew(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

// findLabels returns where the pointer to the labels lies in a g, 0 if that cannot
// be told. It sets labels and looks for them.
func findLabels() uintptr {
	offsets := everyOffset()
	onNew(func() {
		for range 3 {
			ctx := pprof.WithLabels(context.Background(), pprof.Labels("key", "value"))
			pprof.SetGoroutineLabels(ctx)
			offsets = sieve(offsets, uintptr(getLabels()))
		}
		pprof.SetGoroutineLabels(context.Background())
		offsets = sieve(offsets, 0)
	})
	return only(offsets)
}

// findEntry returns where the address of the function that a goroutine was started
// with lies in a g, 0 if that cannot be told. Each function looks for its own
// address after it has been parked, when no register is saved that still has it.
func findEntry() uintptr {
	offsets := everyOffset()
	resume, done := make(chan struct{}), make(chan struct{})
	var self uintptr
	look := func() {
		<-resume
		offsets = sieve(offsets, self)
		done <- struct{}{}
	}
	first := func() { look() }
	second := func() { defer runtime.KeepAlive(&self); look() }
	third := func() { look(); self = 0 }
	for _, f := range []func(){first, second, third} {
		self = reflect.ValueOf(f).Pointer()
		go f()
		runtime.Gosched()
		resume <- struct{}{}
		<-done
	}
	return only(offsets)
}
