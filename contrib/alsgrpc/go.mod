module github.com/seed-1938943e/goroutine/contrib/alsgrpc

go 1.24.0

require (
	github.com/seed-1938943e/goroutine v0.1.0
	github.com/stretchr/testify v1.12.1
	google.golang.org/grpc v1.80.0
)

require (
	github.com/petermattis/goid v0.0.0-20260820044319-269ab09b5261 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/net v0.49.0 // indirect
	golang.org/x/sys v0.40.0 // indirect
	golang.org/x/text v0.33.0 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20260120221211-b8f7ae30c516 // indirect
	google.golang.org/protobuf v1.36.11 // indirect
)
