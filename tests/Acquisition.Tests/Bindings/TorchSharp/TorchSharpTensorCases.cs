using TorchSharp;
using static Acquisition.Tests.Bindings.TorchSharp.TorchSharpCase;
using static TorchSharp.torch;

namespace Acquisition.Tests.Bindings.TorchSharp;

/// <summary>Members of tensors, and functions of torch that do the same.</summary>
internal static class TorchSharpTensorCases
{
    private static readonly long[] Cube = [2, 3, 4];

    public static IEnumerable<TorchSharpCase> All => [.. Arithmetic, .. Comparisons, .. Reductions, .. Shapes, .. Indexing, .. Making];

    private static IEnumerable<TorchSharpCase> Arithmetic =>
    [
        One("a.abs()", a => a.abs()), One("torch.abs(a)", a => torch.abs(a)), Two("a.add(b)", (a, b) => a.add(b)),
        Two("torch.add(a, b)", (a, b) => torch.add(a, b)), Two("a.add(b, alpha=0.3)", (a, b) => a.add(b, 0.3)), One("a.add(2)", a => a.add(2)),
        One("torch.add(a, 2)", a => torch.add(a, 2)), Two("a.clone().add_(b)", (a, b) => a.clone().add_(b)),
        Two("a.clone().add_(b, alpha=-2)", (a, b) => a.clone().add_(b, -2)), One("a.clone().add_(0.25)", a => a.clone().add_(0.25)),
        Of("a.clone().addcdiv_(b, c.abs() + 1, value=0.3)", [Cube, Cube, Cube], t => t[0].clone().addcdiv_(t[1], t[2].abs() + 1, 0.3)),
        Of("a.clone().addcmul_(b, c, value=0.3)", [Cube, Cube, Cube], t => t[0].clone().addcmul_(t[1], t[2], 0.3)),
        One("a.clamp(-0.5, 0.25)", a => a.clamp(-0.5, 0.25)), One("torch.clamp(a, -0.5, 0.25)", a => torch.clamp(a, -0.5, 0.25)),
        One("a.clamp(min=0)", a => a.clamp(min: 0)), One("a.clamp(max=0)", a => a.clamp(max: 0)), One("a.clip(-0.1, 0.1)", a => a.clip(-0.1, 0.1)),
        Two("a.clamp(b - 0.1, b + 0.1)", (a, b) => a.clamp(b - 0.1, b + 0.1)), Two("torch.clamp(a, b, None)", (a, b) => torch.clamp(a, b, null)),
        One("a.clone().clamp_(-0.5, 0.5)", a => a.clone().clamp_(-0.5, 0.5)), One("a.clamp_min(0.1)", a => a.clamp_min(0.1)),
        One("a.clamp_max(0.1)", a => a.clamp_max(0.1)), One("a.cos()", a => a.cos(), 2), One("a.sin()", a => a.sin(), 2),
        Two("a.div(b.abs() + 1)", (a, b) => a.div(b.abs() + 1), 2), Two("torch.div(a, b.abs() + 1)", (a, b) => torch.div(a, b.abs() + 1)),
        One("a.div(3)", a => a.div(3)), One("torch.div(a, 3)", a => torch.div(a, 3)),
        One("a.div(0.3, rounding_mode='floor')", a => a.div(0.3, RoundingMode.floor), 0),
        Two("a.div(b, rounding_mode='trunc')", (a, b) => a.div(b, RoundingMode.trunc), 0),
        Two("a.clone().div_(b.abs() + 1)", (a, b) => a.clone().div_(b.abs() + 1)), One("a.clone().div_(3)", a => a.clone().div_(3)),
        One("a.exp()", a => a.exp(), 2), One("torch.exp(a)", a => torch.exp(a)), One("(a * 9).floor()", a => (a * 9).floor(), 0),
        Of("a.lerp(b, c)", [Cube, Cube, Cube], t => t[0].lerp(t[1], t[2])), One("(a + 2).log()", a => (a + 2).log(), 2),
        One("torch.log(a + 2)", a => torch.log(a + 2)), One("(a + 2).log10()", a => (a + 2).log10(), 2), One("torch.log10(a + 2)", a => torch.log10(a + 2)),
        One("(a + 2).log1p()", a => (a + 2).log1p(), 2), One("torch.log1p(a + 2)", a => torch.log1p(a + 2)),
        Two("a.maximum(b)", (a, b) => a.maximum(b)), Two("torch.maximum(a, b)", (a, b) => torch.maximum(a, b)), Two("a.max(b)", (a, b) => a.max(b)),
        Two("a.minimum(b)", (a, b) => a.minimum(b)), Two("torch.minimum(a, b)", (a, b) => torch.minimum(a, b)), Two("a.min(b)", (a, b) => a.min(b)),
        Two("a.mul(b)", (a, b) => a.mul(b), 2), Two("torch.mul(a, b)", (a, b) => torch.mul(a, b)), One("a.mul(3)", a => a.mul(3)),
        One("torch.mul(a, 3)", a => torch.mul(a, 3)), Two("a.clone().mul_(b)", (a, b) => a.clone().mul_(b)), One("a.clone().mul_(3)", a => a.clone().mul_(3)),
        One("a.neg()", a => a.neg()), One("torch.neg(a)", a => torch.neg(a)), One("a.negative()", a => a.negative()), One("a.pow(3)", a => a.pow(3), 2),
        One("torch.pow(a, 2)", a => torch.pow(a, 2)), Two("(a + 2).pow(b)", (a, b) => (a + 2).pow(b), 2),
        Two("torch.pow(a + 2, b)", (a, b) => torch.pow(a + 2, b)), One("(a + 2).reciprocal()", a => (a + 2).reciprocal(), 2),
        One("torch.reciprocal(a + 2)", a => torch.reciprocal(a + 2)), One("(a * 9).round()", a => (a * 9).round(), 0),
        One("a.round(decimals=1)", a => a.round(1), 0), One("a.sign()", a => a.sign(), 0), One("torch.sign(a)", a => torch.sign(a), 0),
        One("(a + 2).sqrt()", a => (a + 2).sqrt(), 2), One("torch.sqrt(a + 2)", a => torch.sqrt(a + 2)), One("a.square()", a => a.square(), 2),
        One("torch.square(a)", a => torch.square(a)), Two("a.sub(b)", (a, b) => a.sub(b)), Two("torch.sub(a, b)", (a, b) => torch.sub(a, b)),
        One("a.sub(3)", a => a.sub(3)), One("torch.sub(a, 3)", a => torch.sub(a, 3)), Two("a.clone().sub_(b)", (a, b) => a.clone().sub_(b)),
        One("a.clone().sub_(3)", a => a.clone().sub_(3)), One("a.sigmoid()", a => a.sigmoid(), 2), One("torch.sigmoid(a)", a => torch.sigmoid(a)),
        One("a.tanh()", a => a.tanh(), 2), One("torch.tanh(a)", a => torch.tanh(a)), One("a.relu()", a => a.relu()), One("a.clone().relu_()", a => a.clone().relu_()),
        One("F.leaky_relu(a, 0.2)", a => a.leaky_relu(0.2), 2), One("F.leaky_relu_(a.clone(), 0.2)", a => a.clone().leaky_relu_(0.2)),
        Of("torch.prelu(a, b)", [[2, 3, 4], [3]], t => t[0].prelu(t[1]), 2), One("a.softmax(1)", a => a.softmax(1), 2),
        Of("a.bmm(b)", [[2, 3, 4], [2, 4, 5]], t => t[0].bmm(t[1]), 2), Of("torch.bmm(a, b)", [[2, 3, 4], [2, 4, 5]], t => torch.bmm(t[0], t[1])),
        Of("a.matmul(b)", [[2, 3, 4], [4, 5]], t => t[0].matmul(t[1]), 2), Of("torch.matmul(a, b)", [[2, 3, 4], [4, 5]], t => torch.matmul(t[0], t[1])),
        Of("a.mm(b)", [[3, 4], [4, 5]], t => t[0].mm(t[1]), 2), Of("torch.mm(a, b)", [[3, 4], [4, 5]], t => torch.mm(t[0], t[1])),
        Of("torch.tensordot(a, b, ([1], [0]))", [[2, 3, 4], [3, 5]], t => torch.tensordot(t[0], t[1], [1], [0]), 2),
        Of("torch.tensordot(b, a, ([0, 1], [1, 0]))", [[2, 3, 4], [3, 2]], t => t[1].tensordot(t[0], [(0, 1), (1, 0)])),
        Of("torch.tensordot(b, a, ([0], [1]))", [[2, 3, 4], [3, 2]], t => torch.tensordot(t[1], t[0], [(0L, 1L)])),
        Two("a + b", (a, b) => a + b), One("a + 2 + 2.5", a => a + 2 + 2.5f), One("1 + a", a => 1 + a), One("1.5 + (a + 3)", a => 1.5 + (a + 3L)),
        Two("a - b", (a, b) => a - b), One("a - 2 - 2.5", a => a - 2 - 2.5f), One("1 - a", a => 1 - a), One("1.5 - (a - 3)", a => 1.5 - (a - 3L)),
        Two("a * b", (a, b) => a * b), One("a * 2 * 2.5", a => a * 2 * 2.5f), One("3 * a", a => 3 * a), One("1.5 * (a * 3)", a => 1.5 * (a * 3L)),
        Two("a / (b + 2)", (a, b) => a / (b + 2)), One("a / 2 / 2.5", a => a / 2 / 2.5f), One("1 / (a + 2)", a => 1 / (a + 2)),
        One("1.5 / (a + 2)", a => 1.5f / (a + 2)), One("-a", a => -a), Two("torch.where(a > b, a, b)", (a, b) => torch.where(a > b, a, b)),
        Two("a.where(a > 0, b)", (a, b) => a.where(a > 0, b)),
    ];

    private static IEnumerable<TorchSharpCase> Comparisons =>
    [
        Two("a == b.round()", (a, b) => a.eq(b.round()), 0), One("a.round() == 0", a => a.round().eq(0), 0), Two("a >= b", (a, b) => a.ge(b), 0),
        One("a >= 0.5", a => a.ge(0.5), 0), Two("a > b", (a, b) => a.gt(b), 0), One("a > 0.5", a => a.gt(0.5), 0), Two("a <= b", (a, b) => a.le(b), 0),
        One("a <= 0.5", a => a.le(0.5), 0), Two("a < b", (a, b) => a.lt(b), 0), One("a < 0.5", a => a.lt(0.5), 0), Two("a != b", (a, b) => a.ne(b), 0),
        One("a.round() != 0", a => a.round().ne(0), 0), One("(a / a.round().abs()).isfinite()", a => (a / a.round().abs()).isfinite(), 0),
        One("torch.isfinite(1 / a.round())", a => torch.isfinite(1 / a.round()), 0), One("(0 / a.round()).isnan()", a => (0 / a.round()).isnan(), 0),
        One("torch.isnan(0 / a.round())", a => torch.isnan(0 / a.round()), 0), Two("(a > 0).logical_and(b > 0)", (a, b) => (a > 0).logical_and(b > 0), 0),
        One("(a > 0).logical_not()", a => (a > 0).logical_not(), 0), Two("(a > 0).logical_or(b > 0)", (a, b) => (a > 0).logical_or(b > 0), 0),
        Two("(a.round() == b.round(),)[0]", (a, b) => a.round() == b.round(), 0), Two("(a.round() != b.round(),)[0]", (a, b) => a.round() != b.round(), 0),
        Two("(a <= b) & (a < 0.5)", (a, b) => (a <= b).logical_and(a < 0.5), 0), Two("(0.5 > a) & (0.4 >= a)", (a, b) => (0.5 > a).logical_and(0.4 >= a), 0),
    ];

    private static IEnumerable<TorchSharpCase> Reductions =>
    [
        One("(a > -2).all()", a => (a > -2).all(), 0), One("torch.all(a > 0)", a => torch.all(a > 0), 0), One("(a > 2).any()", a => (a > 2).any(), 0),
        One("torch.any(a > 0)", a => torch.any(a > 0), 0), One("a.amax((0, 2))", a => a.amax(0, 2)), One("a.amin((1,))", a => a.amin(1)),
        One("a.argmax()", a => a.argmax(), 0), One("a.argmax(1, True)", a => a.argmax(1, true), 0), One("a.max()", a => a.max()),
        One("torch.max(a)", a => torch.max(a)), One("torch.min(a)", a => torch.min(a)), One("a.mean()", a => a.mean(), 2), One("torch.mean(a)", a => torch.mean(a)),
        Many("a.max(1)", [Cube], t => [t[0].max(1).values, t[0].max(1).indexes]), Many("a.min(2, True)", [Cube], t => [t[0].min(2, true).values, t[0].min(2, true).indexes]),
        One("a.mean((0, 2))", a => a.mean([0, 2])), One("torch.mean(a, (1,), True)", a => torch.mean(a, [1], true)),
        One("a.mean((1,), dtype=torch.float64)", a => a.mean([1], type: ScalarType.Float64)), One("a.min()", a => a.min()), One("a.norm()", a => a.norm(), 2),
        One("torch.norm(a)", a => torch.norm(a)), One("a.norm(3)", a => a.norm(3f), 2), One("a.norm(2, 1, True)", a => a.norm(1, true), 2),
        One("a.quantile(torch.tensor([0.1, 0.9]), 1, True)", a => a.quantile(tensor(new[] { 0.1f, 0.9f }), 1, true)), One("a.std()", a => a.std(), 2),
        One("a.std((0, 2), False, True)", a => a.std([0L, 2L], false, true)), One("a.std(1)", a => a.std(1L)), One("a.sum()", a => a.sum(), 2),
        One("torch.sum(a)", a => torch.sum(a)), One("a.sum((0, 2), True)", a => a.sum([0L, 2L], true)), One("torch.sum(a, (0, 1))", a => torch.sum(a, [0L, 1L])),
        One("a.sum(1)", a => a.sum(1)), One("torch.sum(a, 1, True)", a => torch.sum(a, 1, true)), One("a.sum((0, 1))", a => a.sum(0, 1)),
        One("a.sum((0, 1, 2))", a => a.sum(0, 1, 2)), One("a.sum(1, dtype=torch.float64)", a => a.sum(1, type: ScalarType.Float64)), One("a.var()", a => a.var(), 2),
        One("a.var((0, 2), False, True)", a => a.var([0L, 2L], false, true)), One("a.var(1)", a => a.var(1L)),
    ];

    private static IEnumerable<TorchSharpCase> Shapes =>
    [
        One("a.as_strided((3, 4), (4, 1), 2)", a => a.as_strided([3, 4], [4, 1], 2)), Of("a.broadcast_to((5, 3, 4))", [[1, 3, 4]], t => t[0].broadcast_to(5, 3, 4)),
        Many("a.chunk(2, 2)", [[2, 3, 5]], t => t[0].chunk(2, 2)), Many("torch.chunk(a, 2)", [[3, 4]], t => torch.chunk(t[0], 2)),
        Of("a.expand(5, -1, 4)", [[1, 3, 4]], t => t[0].expand(5, -1, 4)), Of("a.expand_as(b)", [[1, 3, 4], [2, 3, 4]], t => t[0].expand_as(t[1])),
        One("a.flatten()", a => a.flatten()), One("torch.flatten(a, 1)", a => torch.flatten(a, 1)), One("a.flip(0, 2)", a => a.flip(0, 2)),
        One("torch.flip(a, (1,))", a => torch.flip(a, 1)), One("a.movedim((0, 1), (2, 0))", a => a.movedim([0, 1], [2, 0])),
        One("torch.movedim(a, 0, 2)", a => torch.movedim(a, 0, 2)), One("torch.movedim(a, (0,), (1,))", a => torch.movedim(a, [0L], [1L])),
        One("a.narrow(2, 1, 2)", a => a.narrow(2, 1, 2)), One("torch.narrow(a, 1, 0, 2)", a => torch.narrow(a, 1, 0, 2)), One("a.permute(2, 0, 1)", a => a.permute(2, 0, 1)),
        One("torch.permute(a, (1, 0, 2))", a => torch.permute(a, 1, 0, 2)), One("a.repeat(2, 1, 3)", a => a.repeat(2, 1, 3)), One("a.reshape(4, -1)", a => a.reshape(4, -1)),
        One("torch.reshape(a, (6, 4))", a => torch.reshape(a, 6, 4)), One("a.roll(1)", a => a.roll(1)), One("torch.roll(a, 1, 2)", a => torch.roll(a, 1, 2)),
        One("a.roll((1, 2), (0, 2))", a => a.roll([1, 2], [0, 2])), One("torch.roll(a, (1, 2), (1, 2))", a => torch.roll(a, [1, 2], [1, 2])),
        One("a.rot90()", a => a.rot90()), One("a.rot90(3, (1, 2))", a => a.rot90(3, (1, 2))), One("torch.rot90(a, 2, (0, 2))", a => torch.rot90(a, 2, (0, 2))),
        One("a.select(1, -1)", a => a.select(1, -1)), One("torch.select(a, 2, 1)", a => torch.select(a, 2, 1)), One("a[:, :, 1:4:2]", a => a.slice(2, 1, 4, 2)),
        Many("a.split(2, 2)", [[2, 3, 5]], t => t[0].split(2, 2)), Many("a.split((1, 4), 2)", [[2, 3, 5]], t => t[0].split([1L, 4L], 2)),
        Many("torch.split(a, (1, 2), 1)", [Cube], t => torch.split(t[0], [1L, 2L], 1)), Of("a.squeeze()", [[1, 3, 1]], t => t[0].squeeze()),
        Of("a.squeeze(2)", [[1, 3, 1]], t => t[0].squeeze(2)), Of("torch.squeeze(a, 0)", [[1, 3, 1]], t => torch.squeeze(t[0], 0)), Of("a.t()", [[3, 4]], t => t[0].t()),
        One("a.transpose(0, 2)", a => a.transpose(0, 2)), One("torch.transpose(a, 1, 2)", a => torch.transpose(a, 1, 2)), Many("a.unbind(1)", [Cube], t => t[0].unbind(1)),
        One("a.unfold(2, 2, 1)", a => a.unfold(2, 2, 1)), One("a.unsqueeze(-1)", a => a.unsqueeze(-1)), One("torch.unsqueeze(a, 0)", a => torch.unsqueeze(a, 0)),
        One("a.view(3, 8)", a => a.view(3, 8)), Of("a.view_as(b)", [[3, 4], [2, 6]], t => t[0].view_as(t[1])), Two("torch.cat((a, b), 1)", (a, b) => torch.cat([a, b], 1), 2),
        Two("torch.cat((a, b))", (a, b) => torch.concat([a, b])), Two("torch.stack((a, b), 1)", (a, b) => torch.stack([a, b], 1)),
    ];

    private static IEnumerable<TorchSharpCase> Indexing =>
    [
        One("a[1]", a => a[1]), One("a[1, 2]", a => a[1, 2]), One("a[1, 2, 3]", a => a[1, 2, 3]), Of("a[1, 0, 2, 1]", [[2, 2, 3, 2]], t => t[0][1, 0, 2, 1]),
        One("a[:, 1:, -3:-1]", a => a[.., 1.., ^3..^1]), One("a[..., 0]", a => a[TensorIndex.Ellipsis, 0]),
        One("a[1, ..., None, ::2]", a => a[1, TensorIndex.Ellipsis, TensorIndex.None, TensorIndex.Slice(step: 2)]),
        One("a[:, torch.tensor([2, 0])]", a => a[TensorIndex.Colon, TensorIndex.Tensor(tensor(new[] { 2L, 0L }))]),
        One("a[torch.tensor([1, 0])]", a => a.index(tensor(new[] { 1L, 0L }))), One("a[0, :, torch.tensor([3, 1])]", a => a.index(0, TensorIndex.Slice(), TensorIndex.Tensor(tensor(new[] { 3L, 1L })))),
        One("a.index_select(2, torch.tensor([2, 0]))", a => a.index_select(2, tensor(new[] { 2L, 0L }))),
        One("torch.index_select(a, 0, torch.tensor([1]))", a => torch.index_select(a, 0, tensor(new[] { 1L }))),
        Two("(lambda c: (c.__setitem__((1, slice(1, None)), b[0, 1:]), c)[1])(a.clone())", (a, b) => Set(a.clone(), c => c[1, 1..] = b[0, 1..])),
        Two("(lambda c: (c.__setitem__((0, 1, 2), 7), c)[1])(a.clone())", (a, b) => Set(a.clone(), c => c[0, 1, 2] = 7f)),
        Two("a.clone().index_put_((torch.tensor([1]),), b[0])", (a, b) => a.clone().index_put_(b[0], tensor(new[] { 1L }))),
    ];

    private static IEnumerable<TorchSharpCase> Making =>
    [
        None("torch.arange(5)", () => arange(5)), None("torch.arange(1, 3.5, 0.5)", () => arange(1, 3.5, 0.5)), None("torch.arange(2, 6, dtype=torch.float32)", () => arange(2, 6, float32)),
        None("torch.eye(2, 3)", () => eye(2, 3)), None("torch.linspace(-1, 2, 7)", () => linspace(-1, 2, 7)), None("torch.full((2, 3), 7)", () => full(2, 3, 7)),
        None("torch.full((4,), 0.5)", () => full(4, 0.5)), None("torch.ones(2, 3)", () => ones(2, 3)), None("torch.zeros(2, 3, 4, dtype=torch.int64)", () => zeros(2, 3, 4, ScalarType.Int64)),
        One("torch.full_like(a, 3)", a => full_like(a, 3), 0), One("torch.ones_like(a)", a => ones_like(a), 0), One("torch.zeros_like(a)", a => zeros_like(a), 0),
        One("torch.ones_like(a) * 2", a => a.ones_like() * 2, 0), One("torch.zeros_like(a) + 2", a => a.zeros_like() + 2, 0), One("torch.full_like(a, 4)", a => a.full_like(4), 0),
        One("torch.empty_like(a).fill_(2)", a => a.empty_like().fill_(2), 0), One("torch.empty_like(a).zero_()", a => empty_like(a).zero_(), 0),
        None("torch.empty(2, 3).fill_(1)", () => empty(2, 3).fill_(1)), None("torch.tensor([1, 2, 3])", () => tensor(new[] { 1, 2, 3 })),
        None("torch.tensor([[1.5, 2], [3, 4]])", () => tensor(new[] { 1.5f, 2, 3, 4 }, [2, 2])), None("torch.tensor(2.5)", () => tensor(2.5)),
        None("torch.tensor([[1, 2], [3, 4]])", () => from_array(new long[,] { { 1, 2 }, { 3, 4 } })),
        None("torch.tensor([1., 2.], dtype=torch.float64)", () => from_array(new[] { 1f, 2f }, float64)),
        One("a.clone()", a => a.clone()), One("a.transpose(0, 1).contiguous()", a => a.transpose(0, 1).contiguous()), Two("torch.zeros(2, 3, 4).copy_(b)", (a, b) => zeros(2, 3, 4).copy_(b)),
        One("a.detach()", a => a.detach(), 0), One("a.clone().detach_()", a => a.clone().detach_(), 0), One("torch.zeros(1).set_(a.detach())", a => zeros(1).set_(a.detach()), 0),
        One("a.double() * 2", a => a.@double() * 2), One("a.half().float()", a => a.half().@float()), One("a.bfloat16().float()", a => a.bfloat16().@float()),
        One("(a * 9).int()", a => (a * 9).@int(), 0), One("(a * 9).long()", a => (a * 9).@long(), 0), One("(a.abs() * 9).byte()", a => (a.abs() * 9).@byte(), 0),
        One("a.round().bool()", a => a.round().@bool(), 0), One("a.to(torch.float64)", a => a.to(float64)), One("(a * 3).to(torch.int16)", a => (a * 3).to_type(int16), 0),
        One("a.to(torch.device('cpu'), torch.float64)", a => a.to(float64, CPU)), One("(a + 1).cpu()", a => (a + 1).cpu()), Two("a.double().type_as(b)", (a, b) => a.@double().type_as(b)),
        None("(torch.manual_seed(3), torch.rand(2, 3))[1]", () => Seeded(() => rand(2, 3))), None("(torch.manual_seed(3), torch.randn(2, 3, 4))[1]", () => Seeded(() => randn(2, 3, 4))),
        None("(torch.manual_seed(3), torch.randint(2, 9, (40,)))[1]", () => Seeded(() => randint(2, 9, new long[] { 40 }))),
        None("(torch.manual_seed(3), torch.randint(9, (40,)))[1]", () => Seeded(() => randint(9, new long[] { 40 }))), None("(torch.manual_seed(3), torch.randperm(20))[1]", () => Seeded(() => randperm(20))),
        None("torch.rand(5, generator=torch.Generator().manual_seed(5))", () => rand(5, generator: new Generator().manual_seed(5))),
        One("(torch.manual_seed(3), torch.rand_like(a))[1]", a => Seeded(() => rand_like(a)), 0), One("(torch.manual_seed(3), torch.randn_like(a))[1]", a => Seeded(() => randn_like(a)), 0),
        One("(torch.manual_seed(4), torch.rand_like(a))[1]", a => Seeded(() => a.rand_like(), 4), 0), One("(torch.manual_seed(4), torch.randn_like(a))[1]", a => Seeded(() => a.randn_like(), 4), 0),
        One("(torch.manual_seed(3), torch.bernoulli(a.abs()))[1]", a => Seeded(() => a.abs().bernoulli()), 0), One("(torch.manual_seed(3), torch.poisson(a.abs() * 20))[1]", a => Seeded(() => (a.abs() * 20).poisson()), 0),
        One("(torch.manual_seed(3), a.clone().normal_(1, 2))[1]", a => Seeded(() => a.clone().normal_(1, 2)), 0), One("(torch.manual_seed(3), a.clone().uniform_(1, 2))[1]", a => Seeded(() => a.clone().uniform_(1, 2)), 0),
    ];

    private static Tensor Set(Tensor tensor, Action<Tensor> set)
    {
        set(tensor);
        return tensor;
    }

    private static Tensor Seeded(Func<Tensor> make, long seed = 3)
    {
        manual_seed(seed).Dispose();
        return make();
    }
}
