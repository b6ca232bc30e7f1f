package inheritance

import (
	"unsafe"

	"github.com/seed-1938943e/goroutine/internal/labelset"
)

const (
	MaxDepth = maxDepth

	WholeNodeSize   = unsafe.Sizeof(wholeNode{})
	PointerNodeSize = unsafe.Sizeof(pointerNode{})
	NumberNodeSize  = unsafe.Sizeof(numberNode{})
)

// Published returns the labels of the caller.
func Published() *labelset.Set { return active.Load().Get() }

func Depth(set *labelset.Set) int   { return depthOf(set) }
func IsNode(set *labelset.Set) bool { return asNode(set) != nil }
func IsBase(set *labelset.Set) bool { return asBase(set) != nil }

func Below(set *labelset.Set) *labelset.Set { return asNode(set).loadBelow() }
