package org.stablevideo.atlas;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Grids of all frames as one block: their shapes, then their values as differences between frames, byte planes apart. */
final class GridBlock {

    private record Shape(int columns, int rows, float spacing) {

        int nodes() {
            return Math.multiplyExact(columns, rows);
        }
    }

    private GridBlock() {}

    static byte[] mapping(List<ControlGrid> grids) {
        List<Shape> shapes = grids.stream().map(g -> new Shape(g.columns(), g.rows(), g.spacing())).toList();
        byte[] u = values(grids.stream().map(ControlGrid::u).toList());
        byte[] v = values(grids.stream().map(ControlGrid::v).toList());
        return ByteBuffer.allocate(12 * shapes.size() + u.length + v.length).put(shapes(shapes)).put(u).put(v).array();
    }

    static byte[] light(List<LightGrid> grids) {
        List<Shape> shapes = grids.stream().map(g -> new Shape(g.columns(), g.rows(), g.spacing())).toList();
        byte[] gain = values(grids.stream().map(LightGrid::gain).toList());
        return ByteBuffer.allocate(12 * shapes.size() + gain.length).put(shapes(shapes)).put(gain).array();
    }

    static List<ControlGrid> readMapping(byte[] block, int count) {
        ByteBuffer in = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        List<Shape> shapes = shapes(in, count, 8);
        List<float[]> u = values(in, shapes, 1);
        List<float[]> v = values(in, shapes, 1);
        List<ControlGrid> grids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Shape shape = shapes.get(i);
            grids.add(new ControlGrid(shape.columns(), shape.rows(), shape.spacing(), u.get(i), v.get(i)));
        }
        return grids;
    }

    static List<LightGrid> readLight(byte[] block, int count) {
        ByteBuffer in = ByteBuffer.wrap(block).order(ByteOrder.LITTLE_ENDIAN);
        List<Shape> shapes = shapes(in, count, 12);
        List<float[]> gains = values(in, shapes, 3);
        List<LightGrid> grids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Shape shape = shapes.get(i);
            grids.add(new LightGrid(shape.columns(), shape.rows(), shape.spacing(), gains.get(i)));
        }
        return grids;
    }

    private static byte[] shapes(List<Shape> shapes) {
        ByteBuffer out = ByteBuffer.allocate(12 * shapes.size()).order(ByteOrder.LITTLE_ENDIAN);
        shapes.forEach(shape -> out.putInt(shape.columns()).putInt(shape.rows()).putFloat(shape.spacing()));
        return out.array();
    }

    /** Reads shapes and checks that exactly their values follow, so many bytes a node. */
    private static List<Shape> shapes(ByteBuffer in, int count, int bytesPerNode) {
        if (count < 0 || 12L * count > in.remaining()) {
            throw new IllegalArgumentException(count + " grids");
        }
        List<Shape> shapes = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            Shape shape = new Shape(in.getInt(), in.getInt(), in.getFloat());
            bytes += (long) bytesPerNode * shape.nodes();
            shapes.add(shape);
        }
        if (bytes != in.remaining()) {
            throw new IllegalArgumentException("grids of " + in.remaining() + " instead of " + bytes + " bytes");
        }
        return shapes;
    }

    private static byte[] values(List<float[]> frames) {
        int total = frames.stream().mapToInt(values -> values.length).reduce(0, Math::addExact);
        byte[] out = new byte[Math.multiplyExact(4, total)];
        int at = 0;
        float[] before = new float[0];
        for (float[] values : frames) {
            for (int i = 0; i < values.length; i++, at++) {
                int bits = Float.floatToRawIntBits(values[i]);
                if (before.length == values.length) {
                    bits -= Float.floatToRawIntBits(before[i]);
                }
                for (int k = 0; k < 4; k++) {
                    out[k * total + at] = (byte) (bits >> (8 * k));
                }
            }
            before = values;
        }
        return out;
    }

    private static List<float[]> values(ByteBuffer in, List<Shape> shapes, int perNode) {
        int total = 0;
        for (Shape shape : shapes) {
            total = Math.addExact(total, perNode * shape.nodes());
        }
        byte[] bytes = new byte[Math.multiplyExact(4, total)];
        in.get(bytes);
        List<float[]> frames = new ArrayList<>();
        int at = 0;
        float[] before = new float[0];
        for (Shape shape : shapes) {
            float[] values = new float[perNode * shape.nodes()];
            for (int i = 0; i < values.length; i++, at++) {
                int bits = 0;
                for (int k = 0; k < 4; k++) {
                    bits |= (bytes[k * total + at] & 0xff) << (8 * k);
                }
                if (before.length == values.length) {
                    bits += Float.floatToRawIntBits(before[i]);
                }
                values[i] = Float.intBitsToFloat(bits);
            }
            frames.add(values);
            before = values;
        }
        return frames;
    }
}
