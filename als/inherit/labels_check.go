package inherit

import (
	"errors"
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/g/labels"
)

// checkLabels returns nil if the labels of this Go release look as package labelset
// writes them, and getLabels returns the labels that were set.
func checkLabels() error {
	if err := labels.Check(); err != nil {
		return err
	}
	before := getLabels()
	defer setLabels(before)
	set := unsafe.Pointer(new([]struct{ key, value string }))
	labels.Set(set)
	if getLabels() != set {
		return errors.New("a goroutine's labels are not those that it has set")
	}
	return nil
}
