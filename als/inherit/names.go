package inherit

import (
	"errors"
	"reflect"
	"runtime"
	"runtime/pprof"
)

// checkNames returns nil if functions have the names that their source gives them. If a
// tool has renamed them (garble), detached goroutines, such as those of net/http's
// connections, cannot be recognized and would keep their starter's stores.
func checkNames() error { return compareNames(nameOf(checkNames), nameOf(pprof.Do)) }

func compareNames(ours, standard string) error {
	if ours != "github.com/seed-1938943e/goroutine/als/inherit.checkNames" || standard != "runtime/pprof.Do" {
		return errors.New("functions have other names than in their source, so goroutines that are to be detached cannot be recognized")
	}
	return nil
}

func nameOf(fn any) string { return runtime.FuncForPC(reflect.ValueOf(fn).Pointer()).Name() }

// eachFunction calls f with the name of each function of the program until f returns
// false. It walks the program's text from its end to its beginning, which takes some
// 100 ns per function.
func eachFunction(f func(name string) bool) {
	inside := reflect.ValueOf(eachFunction).Pointer()
	past := uintptr(1)
	for runtime.FuncForPC(inside+past) != nil {
		past *= 2
	}
	last := inside // the highest address that belongs to a function
	for step := past; step > 0; step /= 2 {
		if runtime.FuncForPC(last+step) != nil {
			last += step
		}
	}
	for fn := runtime.FuncForPC(last); fn != nil; fn = runtime.FuncForPC(fn.Entry() - 1) {
		if !f(runtime.FuncForPC(fn.Entry()).Name()) || fn.Entry() == 0 {
			return
		}
	}
}
