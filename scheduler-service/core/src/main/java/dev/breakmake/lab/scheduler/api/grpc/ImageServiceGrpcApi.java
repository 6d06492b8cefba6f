package dev.breakmake.lab.scheduler.api.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import dev.breakmake.lab.scheduler.domain.Images;
import dev.breakmake.lab.scheduler.domain.Role;
import dev.breakmake.lab.v1.AppendImageRequest;
import dev.breakmake.lab.v1.BeginImageUploadRequest;
import dev.breakmake.lab.v1.DeleteImageRequest;
import dev.breakmake.lab.v1.DownloadImageRequest;
import dev.breakmake.lab.v1.GetImageRequest;
import dev.breakmake.lab.v1.Image;
import dev.breakmake.lab.v1.ImageChunk;
import dev.breakmake.lab.v1.ImageServiceGrpc;
import dev.breakmake.lab.v1.ListImagesRequest;
import dev.breakmake.lab.v1.ListImagesResponse;
import dev.breakmake.lab.v1.TagImageRequest;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.quarkus.grpc.RegisterInterceptor;
import io.smallrye.common.annotation.RunOnVirtualThread;

/** Adapter of breakmake.lab.v1.ImageService. */
@GrpcService
@RunOnVirtualThread
@RegisterInterceptor(AuthInterceptor.class)
public class ImageServiceGrpcApi extends ImageServiceGrpc.ImageServiceImplBase {

    private final Images images;

    ImageServiceGrpcApi(Images images) {
        this.images = images;
    }

    @Override
    public void beginImageUpload(BeginImageUploadRequest request, StreamObserver<Image> observer) {
        Calls.unary(observer, caller -> images.begin(caller, request));
    }

    @Override
    public void appendImage(AppendImageRequest request, StreamObserver<Image> observer) {
        Calls.unary(observer, caller -> images.append(caller, request));
    }

    @Override
    public void getImage(GetImageRequest request, StreamObserver<Image> observer) {
        Calls.unary(observer, caller -> images.get(caller, request));
    }

    @Override
    public void listImages(ListImagesRequest request, StreamObserver<ListImagesResponse> observer) {
        Calls.unary(observer, caller -> images.list(caller, request));
    }

    @Override
    public void tagImage(TagImageRequest request, StreamObserver<Image> observer) {
        Calls.unary(observer, caller -> images.tag(caller, request));
    }

    @Override
    public void deleteImage(DeleteImageRequest request, StreamObserver<Empty> observer) {
        Calls.unary(observer, caller -> {
            images.delete(caller, request);
            return Empty.getDefaultInstance();
        });
    }

    @Override
    public void downloadImage(DownloadImageRequest request, StreamObserver<ImageChunk> observer) {
        Calls.stream(observer, (caller, sink) -> {
            long offset = request.getOffset();
            while (true) {
                Images.Piece piece = images.read(caller, Role.VIEWER, request.getName(), offset);
                ImageChunk chunk = ImageChunk.newBuilder()
                        .setOffset(offset)
                        .setData(ByteString.copyFrom(piece.data()))
                        .setTotalBytes(piece.image().getSizeBytes())
                        .build();
                offset += piece.data().length;
                if (!sink.send(chunk) || offset >= piece.image().getSizeBytes()) {
                    return;
                }
            }
        });
    }
}
