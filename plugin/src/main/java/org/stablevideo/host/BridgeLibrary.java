package org.stablevideo.host;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.stablevideo.problem.BackendGone;
import org.stablevideo.problem.ProblemException;

/** The functions of {@code libstablevideo_bridge.so}, word for word; their meaning is in {@code stablevideo_bridge.h}. */
final class BridgeLibrary {

    static final int PROTOCOL_VERSION = 1;
    static final int TYPE_STATUS = 8;
    static final int TYPE_STOP = 9;
    private static final String FILE = "libstablevideo_bridge.so";
    private static final String AGAIN = "Reinstall StableVideo, or build it with mvn -pl native-bridge compile.";

    static {
        Path file = find();
        try {
            Native.register(BridgeLibrary.class, NativeLibrary.getInstance(file.toString(), Map.of(Library.OPTION_STRING_ENCODING, "UTF-8")));
        } catch (UnsatisfiedLinkError e) {
            throw new ProblemException(new BackendGone("The native bridge " + file + " cannot be loaded (" + e.getMessage().lines().findFirst().orElse("") + ").", AGAIN), e);
        }
    }

    private BridgeLibrary() {}

    static native Pointer sv_server_open(String runtimeDir, String welcome, byte[] error, long errorBytes);

    static native int sv_server_next(Pointer server, Pointer event, int timeoutMs);

    static native void sv_server_wake(Pointer server);

    static native int sv_server_sessions(Pointer server);

    static native void sv_server_hang_up(Pointer server);

    static native void sv_server_close(Pointer server);

    static native int sv_request_reply(Pointer request, int status, int pixelsChanged, String text);

    static native int sv_request_progress(Pointer request, String text);

    static native int sv_client_ask(String runtimeDir, int type, int timeoutMs, byte[] answer, long answerBytes);

    static native int sv_backend_start(String runtimeDir, String launcher, int timeoutMs, byte[] error, long errorBytes);

    static native int sv_runtime_dir(String wanted, byte[] path, long pathBytes);

    static native int sv_protocol_version();

    static native long sv_event_bytes();

    /** Where the library lies: named by the property {@code stablevideo.bridge}, installed, or built in the source tree. */
    private static Path find() {
        List<Path> places = new ArrayList<>();
        String named = System.getProperty("stablevideo.bridge");
        if (named != null) {
            places.add(Path.of(named));
        } else {
            places.add(Path.of("/usr/lib/stablevideo", FILE));
            SourceTree.root().ifPresent(root -> places.add(root.resolve("native-bridge/target/mlt").resolve(FILE)));
        }
        return places.stream().filter(Files::isReadable).findFirst().orElseThrow(() -> new ProblemException(new BackendGone(
                "The native bridge " + FILE + " was not found (looked at " + places + ").", AGAIN)));
    }
}
