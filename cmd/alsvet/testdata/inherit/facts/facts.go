package facts // want package:"uses als, has als/inherit"

import (
	_ "github.com/seed-1938943e/goroutine/als"
	_ "github.com/seed-1938943e/goroutine/als/inherit"
)
