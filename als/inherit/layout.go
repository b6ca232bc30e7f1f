package inherit

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime/pprof"

	"github.com/seed-1938943e/goroutine/internal/birth"
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

// findLabels returns where the pointer to the labels lies in a g, 0 if that cannot
// be told. It sets labels and looks for them.
func findLabels() uintptr {
	offsets, done := birth.EveryOffset(), make(chan struct{})
	go func() {
		defer close(done)
		for range 3 {
			ctx := pprof.WithLabels(context.Background(), pprof.Labels("key", "value"))
			pprof.SetGoroutineLabels(ctx)
			offsets = birth.Sieve(offsets, uintptr(getLabels()))
		}
		pprof.SetGoroutineLabels(context.Background())
		offsets = birth.Sieve(offsets, 0)
	}()
	<-done
	return birth.Only(offsets)
}
