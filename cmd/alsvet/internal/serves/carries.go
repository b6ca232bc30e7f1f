package serves

import (
	"go/types"

	"github.com/seed-1938943e/goroutine/cmd/alsvet/internal/flow"
)

const maxFields = 3 // a struct in a struct in what a channel has

// carries reports whether values of a type bring the work of a request with them: functions,
// or a context. Plain data, such as a frame to be written, does not. Neither do functions in
// a struct of another package than pkg, which calls them itself.
func carries(t types.Type, pkg *types.Package, depth int) bool {
	if depth > maxFields {
		return false
	}
	switch types.TypeString(t, nil) {
	case "context.Context":
		return true
	case "context.CancelFunc", "context.CancelCauseFunc":
		return false
	}
	if named, ok := types.Unalias(t).(*types.Named); ok && depth > 0 && named.Obj().Pkg() != pkg {
		_, isFunc := named.Underlying().(*types.Signature)
		return isFunc || hasContext(named)
	}
	switch u := t.Underlying().(type) {
	case *types.Signature:
		return true
	case *types.Pointer:
		return carries(u.Elem(), pkg, depth)
	case *types.Chan:
		return carries(u.Elem(), pkg, depth+1)
	case *types.Slice:
		return carries(u.Elem(), pkg, depth+1)
	case *types.Array:
		return carries(u.Elem(), pkg, depth+1)
	case *types.Map:
		return carries(u.Elem(), pkg, depth+1)
	case *types.Struct:
		for field := range u.Fields() {
			if carries(field.Type(), pkg, depth+1) {
				return true
			}
		}
	}
	_, param := types.Unalias(t).(*types.TypeParam)
	return param
}

// hasContext reports whether a struct has a field with a context, as http.Request has.
func hasContext(t types.Type) bool {
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for field := range st.Fields() {
		if flow.IsContext(field.Type()) {
			return true
		}
	}
	return false
}
