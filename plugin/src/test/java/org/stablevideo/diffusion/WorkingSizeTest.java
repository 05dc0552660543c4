package org.stablevideo.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.stablevideo.frame.FrameSize;

class WorkingSizeTest {

    @Test
    void shouldKeepTheAspectAsNearlyAsTheStrideAllows() {
        assertEquals(new FrameSize(224, 128), new WorkingSize(128, 256, 128 * 256, 16).of(new FrameSize(768, 432)));
        assertEquals(new FrameSize(128, 224), new WorkingSize(128, 256, 128 * 256, 16).of(new FrameSize(432, 768)));
        assertEquals(new FrameSize(896, 512), new WorkingSize(512, 1024, 512 * 1024, 64).of(new FrameSize(1920, 1080)));
        assertEquals(new FrameSize(128, 128), new WorkingSize(128, 256, 128 * 256, 16).of(new FrameSize(1, 1)));
    }

    @Test
    void shouldKeepLongPicturesWithinTheirLimit() {
        assertEquals(new FrameSize(256, 32), new WorkingSize(128, 256, 128 * 256, 16).of(new FrameSize(4000, 500)));
        assertEquals(new FrameSize(16, 256), new WorkingSize(128, 256, 128 * 256, 16).of(new FrameSize(1, 16000)));
    }

    @Test
    void shouldKeepTheAreaWithinItsLimit() {
        assertEquals(new FrameSize(832, 448), new WorkingSize(512, 1024, 512 * 768, 64).of(new FrameSize(1920, 1080)));
        assertEquals(new FrameSize(512, 512), new WorkingSize(512, 1024, 512 * 768, 64).of(new FrameSize(1000, 1000)));
        assertEquals(new FrameSize(384, 896), new WorkingSize(512, 1024, 512 * 640, 64).of(new FrameSize(500, 1140)));
    }
}
