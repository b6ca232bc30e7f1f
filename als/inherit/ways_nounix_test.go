//go:build !unix

package inherit_test

// Without Unix signals the rows about them are not tested.
func init() {
	waysElsewhere["`signal.Notify`, a goroutine that receives"] = "starter"
	waysElsewhere["`signal.NotifyContext` with `context.AfterFunc`"] = "starter"
}
