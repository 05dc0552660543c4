package org.stablevideo.host;

import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

import org.junit.jupiter.api.Test;
import org.stablevideo.render.FrameRenderer;

class RendererShelfTest {

    @Test
    void shouldCloseWhatIsPushedOut() {
        RendererShelf shelf = new RendererShelf();
        FrameRenderer first = mock(FrameRenderer.class);
        shelf.put(0, first);
        for (int i = 1; i < 4; i++) {
            shelf.put(i, mock(FrameRenderer.class));
        }
        verify(first, never()).close();
        shelf.put(4, mock(FrameRenderer.class));
        verify(first).close();
    }

    @Test
    void shouldNotCloseWhatIsInUse() {
        RendererShelf shelf = new RendererShelf();
        FrameRenderer used = mock(FrameRenderer.class);
        shelf.put("used", used);
        RendererShelf.Loan loan = shelf.take("used").orElseThrow();
        shelf.close();
        verify(used, never()).close();
        loan.close();
        verify(used).close();
    }

    @Test
    void shouldCloseTheSecondRendererOfOneWork() {
        RendererShelf shelf = new RendererShelf();
        FrameRenderer first = mock(FrameRenderer.class);
        FrameRenderer second = mock(FrameRenderer.class);
        shelf.put("work", first);
        shelf.put("work", second);
        verify(second).close();
        verify(first, never()).close();
    }
}
