package org.stablevideo.tensor;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtModel;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.MethodCall;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network as text, compiled: the methods of one TorchScript class over a dictionary of weights {@code self.w}. Close it to free the weights.
 * One call at a time.
 *
 * <p>The text is what libtorch itself understands: {@code torch.x} is an ATen operation, dtypes are numbers (6 is float32, 15 bfloat16).
 */
public final class Script implements AutoCloseable {

    /** The only methods that a text does not bring itself: they fill the dictionary of weights. */
    private static final String TAKE =
            """
            def take(self, w: Dict[str, Tensor], dtype: int) -> int:
              for k in w.keys():
                self.w[k] = w[k].to(dtype, False, True)
              return len(self.w)
            def take_bfloat16(self, w: Dict[str, Tensor], dtype: int) -> int:
              for k in w.keys():
                self.w[k] = torch.view_copy(w[k], dtype=15).to(dtype)
              return len(self.w)
            def round(self, name: str, dtype: int) -> int:
              self.w[name] = self.w[name].to(dtype)
              return dtype
            def add_low_rank(self, name: str, up: Tensor, down: Tensor, factor: float) -> int:
              w = self.w[name]
              self.w[name] = w + (torch.matmul(torch.flatten(up.to(6), 1), torch.flatten(down.to(6), 1)) * factor).view(w.shape)
              return len(w.shape)
            def add(self, name: str, d: Tensor) -> int:
              self.w[name] = self.w[name] + d
              return len(d.shape)
            """;

    private static final Logger LOG = LoggerFactory.getLogger(Script.class);

    private final String name;
    private final Model model;
    private final PtSymbolBlock block;

    private Script(String name, String methods) {
        TensorEngine.start();
        this.name = name;
        model = Model.newInstance(name, TensorEngine.device(), "PyTorch");
        try {
            ((PtModel) model).load(new ByteArrayInputStream(TorchArchive.of(methods)), Map.of());
            block = (PtSymbolBlock) model.getBlock();
        } catch (IOException | MalformedModelException | EngineException e) {
            model.close();
            throw new IllegalStateException("network text " + name + " does not compile: " + e.getMessage(), e);
        }
    }

    /**
     * Compiles resources into one network; their methods see each other.
     *
     * @param owner the class beside which the resources lie
     * @param resources names like {@code unet.ts}; the first names the network in messages
     */
    public static Script ofResources(Class<?> owner, String... resources) {
        StringBuilder text = new StringBuilder(TAKE);
        for (String resource : resources) {
            text.append(read(owner, resource)).append('\n');
        }
        return new Script(resources[0], text.toString());
    }

    /** Compiles methods given as text. */
    public static Script ofText(String name, String methods) {
        return new Script(name, TAKE + methods);
    }

    /** A scope for the arguments and results of calls; close it soon. */
    public NDManager scope() {
        TensorEngine.start();
        return model.getNDManager().newSubManager();
    }

    /**
     * Adds weights to {@code self.w}, as copies in single precision.
     *
     * @param weights half or single precision; the caller keeps them
     */
    public void take(Map<String, NDArray> weights) {
        take(weights, Precision.SINGLE);
    }

    /** As {@link #take(Map)}, in a precision of the caller's choice. */
    public void take(Map<String, NDArray> weights, Precision precision) {
        fill("take", weights, precision);
    }

    /** Adds weights that are bfloat16. DJL cannot carry that type (it aborts), so its bits come in the guise of float16. */
    public void takeBfloat16Bits(Map<String, NDArray> bits, Precision precision) {
        fill("take_bfloat16", bits, precision);
    }

    /**
     * Brings the weights into the order that the processor's kernels read fastest, where the text has a method {@code pack} for it ({@code blocks.ts}) and
     * networks run on the processor. What is computed stays the same but for the last bits; gradients cannot be taken any more.
     */
    public void pack() {
        if (!TensorEngine.onGpu()) {
            try (NDManager scope = scope()) {
                call(scope, "pack");
            }
        }
    }

    /** Rounds one weight to a precision. */
    void round(String name, Precision precision) {
        try (NDManager scope = scope()) {
            call(scope, "round", name, precision.dtype());
        }
    }

    /**
     * Adds {@code factor · up · down} to one weight, as LoRAs do (Hu et al. 2021, equation 3).
     *
     * @param up shape (out, rank) or (out, rank, 1, 1)
     * @param down shape (rank, in) or (rank, in, k, k)
     */
    public void addLowRank(String name, NDArray up, NDArray down, double factor) {
        try (NDManager scope = scope()) {
            call(scope, "add_low_rank", name, up, down, factor);
        }
    }

    /**
     * Adds to a weight that the network holds in single precision.
     *
     * @param difference single precision, of the weight's shape
     */
    public void add(String name, NDArray difference) {
        try (NDManager scope = scope()) {
            call(scope, "add", name, difference);
        }
    }

    private void fill(String method, Map<String, NDArray> weights, Precision precision) {
        if (weights.isEmpty()) {
            return;
        }
        try (NDManager scope = scope()) {
            call(scope, method, weights, precision.dtype());
        }
    }

    /**
     * Calls a method.
     *
     * @param scope gets the arrays of the result
     * @param method its name
     * @param arguments NDArray, NDList (as {@code List[Tensor]}), Map of names to NDArray, Integer, Long, Double, Boolean or String
     * @return the tensors of the result, in order; empty where the result has none
     */
    public NDList call(NDManager scope, String method, Object... arguments) {
        return run(scope, method, false, arguments);
    }

    /** Like {@link #call}, but gradients can be taken inside the method, and in later calls through what it returns or keeps. */
    public NDList train(NDManager scope, String method, Object... arguments) {
        return run(scope, method, true, arguments);
    }

    private NDList run(NDManager scope, String method, boolean training, Object... arguments) {
        TensorEngine.start();
        List<IValue> opened = new ArrayList<>();
        long began = System.nanoTime();
        try {
            for (Object argument : arguments) {
                opened.add(value(argument));
            }
            try (IValue result = MethodCall.run(block, method, training, opened.toArray(IValue[]::new))) {
                boolean tensors = result.isTensor() || result.isTensorList() || result.isTuple();
                return tensors ? result.toNDList((PtNDManager) scope) : new NDList();
            }
        } catch (EngineException e) {
            if (MemoryShortException.isMeant(e.getMessage())) {
                throw new MemoryShortException(name + "." + method, e);
            }
            throw new IllegalStateException(name + "." + method + ": " + e.getMessage(), e);
        } finally {
            Collections.reverse(opened);
            opened.forEach(IValue::close);
            LOG.debug("{}.{} {} ms", name, method, (System.nanoTime() - began) / 1_000_000);
        }
    }

    private static IValue value(Object argument) {
        if (argument instanceof NDArray array) {
            return IValue.from((PtNDArray) array);
        }
        if (argument instanceof NDList list) {
            return IValue.listFrom(list.stream().map(PtNDArray.class::cast).toArray(PtNDArray[]::new));
        }
        if (argument instanceof Map<?, ?> map) {
            Map<String, PtNDArray> arrays = new LinkedHashMap<>();
            map.forEach((key, array) -> arrays.put((String) key, (PtNDArray) array));
            return IValue.stringMapFrom(arrays);
        }
        if (argument instanceof Integer || argument instanceof Long) {
            return IValue.from(((Number) argument).longValue());
        }
        if (argument instanceof Double number) {
            return IValue.from(number.doubleValue());
        }
        if (argument instanceof Boolean flag) {
            return IValue.from(flag.booleanValue());
        }
        if (argument instanceof String text) {
            return IValue.from(text);
        }
        throw new IllegalArgumentException("a script cannot take " + argument);
    }

    private static String read(Class<?> owner, String resource) {
        try (InputStream in = owner.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalArgumentException("no network text " + resource + " beside " + owner.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
