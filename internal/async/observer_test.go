package async

import (
	"reflect"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// A recorder is an observer that notes which of its methods are called.
type recorder struct {
	name   string
	called *[]string
	as     *Record
	labels unsafe.Pointer
}

func (o recorder) note(method string) { *o.called = append(*o.called, o.name+"."+method) }

func (o recorder) Current(r *Record) *Record {
	o.note("Current")
	if r != nil {
		return r
	}
	return o.as
}

func (o recorder) Entered(*Record, Token, *Cell) LayerLabels {
	o.note("Entered")
	return LayerLabels{Now: o.labels}
}

func (o recorder) Left(*Record, Token, LayerLabels)     { o.note("Left") }
func (o recorder) Switched(*Record)                     { o.note("Switched") }
func (o recorder) SwitchedBack(*Record, unsafe.Pointer) { o.note("SwitchedBack") }
func (o recorder) Changed(_ *Record, isNew bool)        { o.note("Changed") }
func (o recorder) Frozen(Context)                       { o.note("Frozen") }
func (o recorder) Missed(*Key)                          { o.note("Missed") }

// Both observers get every call, the one that inherits first. Its record and its labels are
// the results.
func TestBothObserversAreCalled(t *testing.T) {
	var called []string
	labels, record := new(int), new(Record)
	b := both{
		inherits: recorder{"inherits", &called, record, unsafe.Pointer(labels)},
		searches: recorder{"searches", &called, new(Record), unsafe.Pointer(new(int))},
	}
	methods := reflect.TypeFor[Observer]()
	for i := range methods.NumMethod() {
		called = nil
		method := methods.Method(i)
		args := make([]reflect.Value, method.Type.NumIn())
		for i := range args {
			args[i] = reflect.Zero(method.Type.In(i))
		}
		results := reflect.ValueOf(b).MethodByName(method.Name).Call(args)
		require.Equal(t, []string{"inherits." + method.Name, "searches." + method.Name}, called)
		switch method.Name {
		case "Current":
			require.Same(t, record, results[0].Interface())
		case "Entered":
			require.Equal(t, LayerLabels{Now: unsafe.Pointer(labels)}, results[0].Interface())
		}
	}
}
