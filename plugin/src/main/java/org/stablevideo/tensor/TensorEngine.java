package org.stablevideo.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.util.function.Supplier;
import org.slf4j.LoggerFactory;
import org.stablevideo.problem.ProblemException;
import org.stablevideo.problem.RequestInvalid;

/**
 * The tensor engine of this process, started once and never stopped. Starting it unpacks libtorch on the first run of a user (some seconds) and
 * never touches the network.
 */
public final class TensorEngine {

    /** System property: threads for one operation; all physical cores that Java sees where it is not set. */
    public static final String THREADS = "stablevideo.threads";

    private static final ThreadLocal<Boolean> PREPARED = ThreadLocal.withInitial(TensorEngine::prepareThread);

    /** System property and, in capitals with an underscore, variable: {@code auto}, {@code cpu} or {@code cuda:N}. */
    public static final String DEVICE = "stablevideo.device";

    private static volatile boolean leftCard;

    private TensorEngine() {}

    /**
     * The device that networks run on: what the user chose, else the first graphics card that works, else the processor.
     *
     * @throws ProblemException request-invalid where the chosen one does not work
     */
    public static Device device() {
        start();
        return leftCard ? Device.cpu() : Chosen.DEVICE;
    }

    /** What the user chose: {@code auto}, {@code cpu} or {@code cuda:N}. */
    public static String wanted() {
        String variable = System.getenv("STABLEVIDEO_DEVICE");
        return System.getProperty(DEVICE, variable == null || variable.isBlank() ? "auto" : variable.strip());
    }

    /** Whether a text names a device: {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}. */
    public static boolean isDevice(String text) {
        return text.matches("auto|cpu|cuda(:\\d{1,3})?");
    }

    /**
     * From now on networks that are made run on the processor, whatever was chosen.
     *
     * @return false when they did already
     */
    public static boolean leaveCard() {
        boolean onCard = onGpu();
        leftCard = true;
        return onCard;
    }

    /**
     * Hands memory that is not in use any more back to the system, where networks and others can use it: what Java's garbage holds, within the heap and
     * beside it, and caches of the graphics card and of the C library.
     */
    public static void giveBack() {
        start();
        System.gc();
        if (Chosen.DEVICE.isGpu()) {
            JniUtils.emptyCudaCache();
        }
        try {
            NativeLibrary.getInstance(Platform.C_LIBRARY_NAME).getFunction("malloc_trim").invokeInt(new Object[] {0L});
        } catch (UnsatisfiedLinkError e) {
            LoggerFactory.getLogger(TensorEngine.class).debug("this C library keeps what is freed", e);
        }
    }

    /** Whether networks run on a graphics card. */
    public static boolean onGpu() {
        return device().isGpu();
    }

    private static final class Chosen {

        static final Device DEVICE = choose();

        private static Device choose() {
            String wanted = wanted();
            if (wanted.equals("cpu")) {
                return Device.cpu();
            }
            if (!isDevice(wanted)) {
                throw new ProblemException(
                        new RequestInvalid("“" + wanted + "” is no device.", "Choose auto, cpu, or cuda:0 for the first NVIDIA card."));
            }
            Device card = Device.gpu(wanted.contains(":") ? Integer.parseInt(wanted.substring(5)) : 0);
            try (NDManager probe = Started.ENGINE.newBaseManager(card)) {
                probe.ones(new Shape(1)).toFloatArray();
                return card;
            } catch (EngineException | IllegalArgumentException | UnsatisfiedLinkError e) {
                if (wanted.equals("auto")) {
                    LoggerFactory.getLogger(TensorEngine.class).debug("no graphics card", e);
                    return Device.cpu();
                }
                throw new ProblemException(
                        new RequestInvalid(
                                "The device " + wanted + " cannot be used (" + e.getMessage().lines().findFirst().orElse("") + ").",
                                "See “Graphics cards” in packaging/docs/models.md, or choose cpu."),
                        e);
            }
        }
    }

    /** Makes sure that the engine runs and that this thread may call it; cheap when it does. */
    public static void start() {
        PREPARED.get();
    }

    /** Threads that one operation may use. */
    public static int threads() {
        start();
        return JniUtils.getNumThreads();
    }

    /** Sets the threads that one operation may use, at least 1. */
    public static void useThreads(int threads) {
        if (threads < 1 || threads > 1024) {
            throw new IllegalArgumentException("threads must be in 1..1024, got " + threads);
        }
        start();
        JniUtils.setNumThreads(threads);
    }

    /**
     * Runs work on one thread: sums over many pixels, such as the slopes of a fit, come out the same whatever {@link #threads} says, because
     * their order no longer depends on it.
     */
    public static <T> T onOneThread(Supplier<T> work) {
        int threads = threads();
        useThreads(1);
        try {
            return work.get();
        } finally {
            useThreads(threads);
        }
    }

    private static boolean prepareThread() {
        Started.ENGINE.getEngineName();
        // With the graph optimizer, sampling is slower and training takes gigabytes more; the switch belongs to a thread.
        JniUtils.setGraphExecutorOptimize(false);
        return true;
    }

    private static final class Started {

        static final Engine ENGINE = start();

        private static Engine start() {
            setEnvironment();
            setDefault("ai.djl.offline", "true");
            setDefault("OPT_OUT_TRACKING", "true");
            setDefault("ai.djl.pytorch.graph_optimizer", "false");
            setDefault("ai.djl.pytorch.num_interop_threads", "1");
            String threads = System.getProperty(THREADS);
            if (threads != null) {
                setDefault("ai.djl.pytorch.num_threads", threads);
            }
            return Engine.getEngine("PyTorch");
        }

        /**
         * Settings that native libraries read from the environment of the process when they are loaded, which Java cannot change by itself; what
         * the user has set stays. MKL shall sum in an order that does not depend on the thread count (conditional numerical reproducibility,
         * strict), and threads that wait shall spin for about three milliseconds, which bridges what one thread does between the sums of several, before they leave
         * their cores to the editor.
         */
        private static void setEnvironment() {
            try {
                Function setenv = NativeLibrary.getInstance(Platform.C_LIBRARY_NAME).getFunction("setenv");
                setenv.invokeInt(new Object[] {"MKL_CBWR", "AUTO,STRICT", 0});
                setenv.invokeInt(new Object[] {"OMP_WAIT_POLICY", "PASSIVE", 0});
                setenv.invokeInt(new Object[] {"GOMP_SPINCOUNT", "300000", 0});
            } catch (UnsatisfiedLinkError e) {
                LoggerFactory.getLogger(TensorEngine.class)
                        .warn("pixels may depend on the thread count in their last bit: {}", e.getMessage());
            }
        }

        private static void setDefault(String name, String value) {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        }
    }
}
