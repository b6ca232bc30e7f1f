package direct // want package:"uses als"

import "github.com/seed-1938943e/goroutine/als"

var User als.Storage[string]
