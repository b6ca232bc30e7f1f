package alsgrpc_test

import (
	"context"
	"fmt"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	testpb "google.golang.org/grpc/interop/grpc_testing"

	"github.com/seed-1938943e/goroutine/als"
	"github.com/seed-1938943e/goroutine/als/alsfield"
	"github.com/seed-1938943e/goroutine/contrib/alsgrpc"
)

var requestID als.Storage[string]

// How does a request ID reach the handlers of another process?
func Example() {
	fields := alsfield.NewSet(alsfield.String("x-request-id", &requestID, alsfield.FromStrangers()))
	server := grpc.NewServer(grpc.UnaryInterceptor(alsgrpc.UnaryServerInterceptor(alsgrpc.Fields(fields))))
	testpb.RegisterTestServiceServer(server, &service{
		unary: func(context.Context, *testpb.SimpleRequest) (string, error) { return greet(), nil },
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	go server.Serve(l)
	defer server.Stop()

	target, credentials := l.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials())
	client, err := alsgrpc.NewClient(target, credentials, grpc.WithUnaryInterceptor(alsgrpc.UnaryClientInterceptor(alsgrpc.Fields(fields))))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	requestID.Run("r-42", func() {
		answer, err := testpb.NewTestServiceClient(client).UnaryCall(context.Background(), &testpb.SimpleRequest{})
		fmt.Println(answer.GetUsername(), err)
	})
	// Output: hello r-42 <nil>
}

// greet has no parameter for the request.
func greet() string { return "hello " + requestID.Get() }
