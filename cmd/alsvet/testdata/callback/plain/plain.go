// Package plain does not use als.
package plain

import "time"

func plain() {
	time.AfterFunc(time.Second, plain)
}
