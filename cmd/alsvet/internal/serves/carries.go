package serves

import "go/types"

const maxFields = 3 // a struct in a struct in what a channel has

// carries reports whether values of a type bring the work of a request with them: functions,
// or a context. Plain data, such as a frame to be written, does not.
func carries(t types.Type, depth int) bool {
	if types.TypeString(t, nil) == "context.Context" {
		return true
	}
	if depth > maxFields {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Signature:
		return true
	case *types.Pointer:
		return carries(u.Elem(), depth)
	case *types.Chan:
		return carries(u.Elem(), depth+1)
	case *types.Slice:
		return carries(u.Elem(), depth+1)
	case *types.Array:
		return carries(u.Elem(), depth+1)
	case *types.Map:
		return carries(u.Elem(), depth+1)
	case *types.Struct:
		for field := range u.Fields() {
			if carries(field.Type(), depth+1) {
				return true
			}
		}
	}
	_, param := types.Unalias(t).(*types.TypeParam)
	return param
}
