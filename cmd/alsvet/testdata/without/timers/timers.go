// Package timers does not use als.
package timers

import "time"

func plain() {
	time.AfterFunc(time.Second, plain)
}
