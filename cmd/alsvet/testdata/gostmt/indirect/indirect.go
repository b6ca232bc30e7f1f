// Package indirect uses als through a package of its module.
package indirect

import "example.com/testdata/gostmt/user"

func log(s string) { user.ID.Get() }

func indirect() {
	go log(user.ID.Get()) // want `without`
}
