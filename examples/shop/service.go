package main

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// The service of the stock and its client, which protoc would generate.

type priceService interface {
	Price(ctx context.Context, number string) (int64, error)
}

const priceMethod = "/shop.Stock/Price"

var stockService = grpc.ServiceDesc{
	ServiceName: "shop.Stock",
	HandlerType: (*priceService)(nil),
	Methods: []grpc.MethodDesc{{
		MethodName: "Price",
		Handler: func(srv any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
			number := new(wrapperspb.StringValue)
			if err := decode(number); err != nil {
				return nil, err
			}
			handle := func(ctx context.Context, number any) (any, error) {
				price, err := srv.(priceService).Price(ctx, number.(*wrapperspb.StringValue).Value)
				return wrapperspb.Int64(price), err
			}
			if intercept == nil {
				return handle(ctx, number)
			}
			return intercept(ctx, number, &grpc.UnaryServerInfo{Server: srv, FullMethod: priceMethod}, handle)
		},
	}},
}

func priceOf(ctx context.Context, conn grpc.ClientConnInterface, number string) (int64, error) {
	price := new(wrapperspb.Int64Value)
	err := conn.Invoke(ctx, priceMethod, wrapperspb.String(number), price)
	return price.Value, err
}
