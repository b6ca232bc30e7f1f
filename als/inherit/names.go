package inherit

import (
	"errors"
	"reflect"
	"runtime"
	"runtime/pprof"
)

// checkNames returns nil if functions have the names that their source gives them. A
// tool that renames them (garble) would leave goroutines with their starter's stores
// that are to start without any, such as those of net/http's connections.
func checkNames() error { return compareNames(nameOf(checkNames), nameOf(pprof.Do)) }

func compareNames(ours, standard string) error {
	if ours != "github.com/seed-1938943e/goroutine/als/inherit.checkNames" || standard != "runtime/pprof.Do" {
		return errors.New("functions have other names than in their source, so goroutines that are to be detached cannot be recognized")
	}
	return nil
}

func nameOf(fn any) string { return runtime.FuncForPC(reflect.ValueOf(fn).Pointer()).Name() }

// inProgram calls f with the name of each function of the program until f returns
// false. It goes from the end of the program's text to its beginning, from each
// function to the one in front of it: some 100 ns a function.
func inProgram(f func(name string) bool) {
	inside := reflect.ValueOf(inProgram).Pointer()
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
