"""The networks of the pocket model, in small, with the tensor names of diffusers.

Every width is a parameter, so that the same program can train a larger model; whoever loads the weights reads the
widths
from the tensor shapes and the number of levels and blocks from the tensor names. Shapes are [batch, channels, height,
width].
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

HEADS = 8


def group_norm(c, eps):
    """32 groups as in SD, fewer in narrow layers: at least four channels a group, or the norm would lose the colour."""
    return nn.GroupNorm(min(32, c // 4), c, eps)


class ResnetBlock(nn.Module):
    """GroupNorm, SiLU, 3x3 convolution, twice, around a shortcut; the time embedding is added in between."""

    def __init__(self, cin, cout, temb=0, eps=1e-5):
        super().__init__()
        self.norm1 = group_norm(cin, eps)
        self.conv1 = nn.Conv2d(cin, cout, 3, 1, 1)
        if temb:
            self.time_emb_proj = nn.Linear(temb, cout)
        self.norm2 = group_norm(cout, eps)
        self.conv2 = nn.Conv2d(cout, cout, 3, 1, 1)
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)
        if cin != cout:
            self.conv_shortcut = nn.Conv2d(cin, cout, 1)

    def forward(self, x, temb=None):
        h = self.conv1(F.silu(self.norm1(x)))
        if temb is not None:
            h = h + self.time_emb_proj(F.silu(temb))[:, :, None, None]
        h = self.conv2(F.silu(self.norm2(h)))
        return (self.conv_shortcut(x) if hasattr(self, "conv_shortcut") else x) + h


class Attention(nn.Module):
    """Multi-head attention of x over the context; eight heads of width channels / 8."""

    def __init__(self, c, context):
        super().__init__()
        self.to_q = nn.Linear(c, c, bias=False)
        self.to_k = nn.Linear(context, c, bias=False)
        self.to_v = nn.Linear(context, c, bias=False)
        self.to_out = nn.ModuleList([nn.Linear(c, c)])

    def forward(self, x, ctx):
        b, n, c = x.shape
        split = lambda t: t.view(b, -1, HEADS, c // HEADS).transpose(1, 2)
        o = F.scaled_dot_product_attention(split(self.to_q(x)), split(self.to_k(ctx)), split(self.to_v(ctx)))
        return self.to_out[0](o.transpose(1, 2).reshape(b, n, c))


class GEGLU(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.proj = nn.Linear(c, 8 * c)

    def forward(self, x):
        h, gate = self.proj(x).chunk(2, -1)
        return h * F.gelu(gate)


class FeedForward(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.net = nn.ModuleList([GEGLU(c), nn.Identity(), nn.Linear(4 * c, c)])

    def forward(self, x):
        return self.net[2](self.net[0](x))


class BasicTransformerBlock(nn.Module):
    def __init__(self, c, context):
        super().__init__()
        self.norm1 = nn.LayerNorm(c)
        self.attn1 = Attention(c, c)
        self.norm2 = nn.LayerNorm(c)
        self.attn2 = Attention(c, context)
        self.norm3 = nn.LayerNorm(c)
        self.ff = FeedForward(c)

    def forward(self, x, ctx):
        y = self.norm1(x)
        x = x + self.attn1(y, y)
        x = x + self.attn2(self.norm2(x), ctx)
        return x + self.ff(self.norm3(x))


class Transformer(nn.Module):
    """A transformer block over the pixels as tokens, between 1x1 convolutions, around a shortcut."""

    def __init__(self, c, context):
        super().__init__()
        self.norm = group_norm(c, 1e-6)
        self.proj_in = nn.Conv2d(c, c, 1)
        self.transformer_blocks = nn.ModuleList([BasicTransformerBlock(c, context)])
        self.proj_out = nn.Conv2d(c, c, 1)
        nn.init.zeros_(self.proj_out.weight)
        nn.init.zeros_(self.proj_out.bias)

    def forward(self, x, ctx):
        b, c, h, w = x.shape
        y = self.proj_in(self.norm(x)).permute(0, 2, 3, 1).reshape(b, h * w, c)
        y = self.transformer_blocks[0](y, ctx).reshape(b, h, w, c).permute(0, 3, 1, 2)
        return x + self.proj_out(y)


class Conv(nn.Module):
    """A named holder of one convolution (`conv.weight`, `conv.bias`)."""

    def __init__(self, cin, cout, stride, pad):
        super().__init__()
        self.conv = nn.Conv2d(cin, cout, 3, stride, pad)

    def forward(self, x):
        return self.conv(x)


class TimeEmbedding(nn.Module):
    def __init__(self, c, temb):
        super().__init__()
        self.linear_1 = nn.Linear(c, temb)
        self.linear_2 = nn.Linear(temb, temb)

    def forward(self, t):
        half = self.linear_1.in_features // 2
        rate = torch.exp(torch.arange(half, dtype=torch.float32) * (-math.log(10000.0) / half)).to(t.device)
        angle = t.float()[:, None] * rate[None]
        return self.linear_2(F.silu(self.linear_1(torch.cat([angle.cos(), angle.sin()], -1))))


class Block(nn.Module):
    """One level: residual blocks, each with a transformer where the level has attention, and a change of scale."""

    def __init__(self, widths, cout, temb, context, eps=1e-5):
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock(w, cout, temb, eps) for w in widths])
        if context:
            self.attentions = nn.ModuleList([Transformer(cout, context) for _ in widths])

    def step(self, j, x, temb, ctx):
        x = self.resnets[j](x, temb)
        return self.attentions[j](x, ctx) if hasattr(self, "attentions") else x


class Mid(nn.Module):
    def __init__(self, c, temb, context):
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock(c, c, temb), ResnetBlock(c, c, temb)])
        self.attentions = nn.ModuleList([Transformer(c, context)])

    def forward(self, x, temb, ctx):
        return self.resnets[1](self.attentions[0](self.resnets[0](x, temb), ctx), temb)


class Encoder(nn.Module):
    """What UNet and ControlNet share: time embedding, first convolution, down levels, middle."""

    def __init__(self, widths, attention, temb, context, layers=2):
        super().__init__()
        self.time_embedding = TimeEmbedding(widths[0], temb)
        self.conv_in = nn.Conv2d(4, widths[0], 3, 1, 1)
        self.skip_widths = [widths[0]]
        blocks, c = [], widths[0]
        for i, w in enumerate(widths):
            block = Block([c] + [w] * (layers - 1), w, temb, context if attention[i] else 0)
            self.skip_widths += [w] * layers
            if i + 1 < len(widths):
                block.downsamplers = nn.ModuleList([Conv(w, w, 2, 1)])
                self.skip_widths.append(w)
            blocks.append(block)
            c = w
        self.down_blocks = nn.ModuleList(blocks)
        self.mid_block = Mid(c, temb, context)

    def encode(self, h, temb, ctx):
        skips = [h]
        for block in self.down_blocks:
            for j in range(len(block.resnets)):
                h = block.step(j, h, temb, ctx)
                skips.append(h)
            if hasattr(block, "downsamplers"):
                h = block.downsamplers[0](h)
                skips.append(h)
        return self.mid_block(h, temb, ctx), skips


class UNet(Encoder):
    def __init__(self, widths, attention, temb=None, context=384, layers=2):
        temb = temb or 4 * widths[0]
        super().__init__(widths, attention, temb, context, layers)
        skips, blocks, c = list(self.skip_widths), [], widths[-1]
        for i in reversed(range(len(widths))):
            ins = []
            for _ in range(layers + 1):
                ins.append(c + skips.pop())
                c = widths[i]
            block = Block(ins, c, temb, context if attention[i] else 0)
            if i > 0:
                block.upsamplers = nn.ModuleList([Conv(c, c, 1, 1)])
            blocks.append(block)
        self.up_blocks = nn.ModuleList(blocks)
        self.conv_norm_out = group_norm(c, 1e-5)
        self.conv_out = nn.Conv2d(c, 4, 3, 1, 1)
        nn.init.zeros_(self.conv_out.weight)
        nn.init.zeros_(self.conv_out.bias)

    def forward(self, x, t, ctx, control=None):
        temb = self.time_embedding(t)
        h, skips = self.encode(self.conv_in(x), temb, ctx)
        if control is not None:
            h = h + control[-1]
            skips = [s + c for s, c in zip(skips, control[:-1])]
        for block in self.up_blocks:
            for j in range(len(block.resnets)):
                h = block.step(j, torch.cat([h, skips.pop()], 1), temb, ctx)
            if hasattr(block, "upsamplers"):
                h = block.upsamplers[0](F.interpolate(h, size=skips[-1].shape[2:], mode="nearest"))
        return self.conv_out(F.silu(self.conv_norm_out(h)))


class HintEmbedding(nn.Module):
    """The edge picture, at the picture's size, brought to the latent's size: each pair of blocks halves it once."""

    def __init__(self, widths, cout):
        super().__init__()
        self.conv_in = nn.Conv2d(3, widths[0], 3, 1, 1)
        blocks = []
        for a, b in zip(widths, widths[1:]):
            blocks += [nn.Conv2d(a, a, 3, 1, 1), nn.Conv2d(a, b, 3, 2, 1)]
        self.blocks = nn.ModuleList(blocks)
        self.conv_out = nn.Conv2d(widths[-1], cout, 3, 1, 1)

    def forward(self, hint):
        h = F.silu(self.conv_in(hint))
        for block in self.blocks:
            h = F.silu(block(h))
        return self.conv_out(h)


class ControlNet(Encoder):
    """Turns the edges into what is added to the UNet's skips and middle, at the UNet's widths."""

    def __init__(self, widths, attention, unet_widths, hint=(16, 32, 64), temb=None, context=384, layers=2):
        super().__init__(widths, attention, temb or 4 * widths[0], context, layers)
        self.controlnet_cond_embedding = HintEmbedding(hint, widths[0])
        outs = [unet_widths[0]]
        for i, w in enumerate(unet_widths):
            outs += [w] * (layers + (i + 1 < len(unet_widths)))
        self.controlnet_down_blocks = nn.ModuleList(zero_conv(a, b) for a, b in zip(self.skip_widths, outs))
        self.controlnet_mid_block = zero_conv(widths[-1], unet_widths[-1])

    def forward(self, x, t, ctx, hint):
        h, skips = self.encode(self.conv_in(x) + self.controlnet_cond_embedding(hint), self.time_embedding(t), ctx)
        return [c(s) for c, s in zip(self.controlnet_down_blocks, skips)] + [self.controlnet_mid_block(h)]


def zero_conv(cin, cout):
    conv = nn.Conv2d(cin, cout, 1)
    nn.init.zeros_(conv.weight)
    nn.init.zeros_(conv.bias)
    return conv


class VaeAttention(nn.Module):
    """Single-head attention over the pixels."""

    def __init__(self, c):
        super().__init__()
        self.group_norm = group_norm(c, 1e-6)
        self.to_q = nn.Linear(c, c)
        self.to_k = nn.Linear(c, c)
        self.to_v = nn.Linear(c, c)
        self.to_out = nn.ModuleList([nn.Linear(c, c)])

    def forward(self, x):
        b, c, h, w = x.shape
        y = self.group_norm(x).permute(0, 2, 3, 1).reshape(b, 1, h * w, c)
        o = F.scaled_dot_product_attention(self.to_q(y), self.to_k(y), self.to_v(y))
        return x + self.to_out[0](o).reshape(b, h, w, c).permute(0, 3, 1, 2)


class VaeMid(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.resnets = nn.ModuleList([ResnetBlock(c, c, 0, 1e-6), ResnetBlock(c, c, 0, 1e-6)])
        self.attentions = nn.ModuleList([VaeAttention(c)])

    def forward(self, x):
        return self.resnets[1](self.attentions[0](self.resnets[0](x)))


class VaeEncoder(nn.Module):
    def __init__(self, widths, layers):
        super().__init__()
        self.conv_in = nn.Conv2d(3, widths[0], 3, 1, 1)
        blocks, c = [], widths[0]
        for i, w in enumerate(widths):
            block = Block([c] + [w] * (layers - 1), w, 0, 0, 1e-6)
            if i + 1 < len(widths):
                block.downsamplers = nn.ModuleList([Conv(w, w, 2, 0)])
            blocks.append(block)
            c = w
        self.down_blocks = nn.ModuleList(blocks)
        self.mid_block = VaeMid(c)
        self.conv_norm_out = group_norm(c, 1e-6)
        self.conv_out = nn.Conv2d(c, 8, 3, 1, 1)

    def forward(self, x):
        h = self.conv_in(x)
        for block in self.down_blocks:
            for resnet in block.resnets:
                h = resnet(h)
            if hasattr(block, "downsamplers"):
                h = block.downsamplers[0](F.pad(h, (0, 1, 0, 1)))
        return self.conv_out(F.silu(self.conv_norm_out(self.mid_block(h))))


class VaeDecoder(nn.Module):
    def __init__(self, widths, layers):
        super().__init__()
        c = widths[-1]
        self.conv_in = nn.Conv2d(4, c, 3, 1, 1)
        self.mid_block = VaeMid(c)
        blocks = []
        for i, w in enumerate(reversed(widths)):
            block = Block([c] + [w] * layers, w, 0, 0, 1e-6)
            if i + 1 < len(widths):
                block.upsamplers = nn.ModuleList([Conv(w, w, 1, 1)])
            blocks.append(block)
            c = w
        self.up_blocks = nn.ModuleList(blocks)
        self.conv_norm_out = group_norm(c, 1e-6)
        self.conv_out = nn.Conv2d(c, 3, 3, 1, 1)

    def forward(self, z):
        h = self.mid_block(self.conv_in(z))
        for block in self.up_blocks:
            for resnet in block.resnets:
                h = resnet(h)
            if hasattr(block, "upsamplers"):
                h = block.upsamplers[0](F.interpolate(h, scale_factor=2.0, mode="nearest"))
        return self.conv_out(F.silu(self.conv_norm_out(h)))


class Vae(nn.Module):
    """Pictures in [-1, 1] to four latent channels at a quarter (three widths) of the size, and back."""

    def __init__(self, widths=(32, 64, 96), layers=1):
        super().__init__()
        self.encoder = VaeEncoder(widths, layers)
        self.decoder = VaeDecoder(widths, layers)
        self.quant_conv = nn.Conv2d(8, 8, 1)
        self.post_quant_conv = nn.Conv2d(4, 4, 1)

    def encode(self, x):
        """Mean and log-variance of the latents."""
        mean, logvar = self.quant_conv(self.encoder(x)).chunk(2, 1)
        return mean, logvar.clamp(-30.0, 20.0)

    def decode(self, z):
        return self.decoder(self.post_quant_conv(z))


WIDTHS = (64, 96, 128)
CONTROL_WIDTHS = (32, 64, 96)
ATTENTION = (False, False, True)
CONTROL_ATTENTION = (False, False, False)


def pocket_unet():
    return UNet(WIDTHS, ATTENTION, temb=256)


def pocket_controlnet():
    return ControlNet(CONTROL_WIDTHS, CONTROL_ATTENTION, WIDTHS, temb=128)


def pocket_vae():
    return Vae()
