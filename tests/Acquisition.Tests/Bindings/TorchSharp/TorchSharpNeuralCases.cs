using TorchSharp;
using static Acquisition.Tests.Bindings.TorchSharp.TorchSharpCase;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Acquisition.Tests.Bindings.TorchSharp;

/// <summary>Functions of networks, layers and optimizers.</summary>
internal static class TorchSharpNeuralCases
{
    private static readonly long[] Cube = [2, 3, 4];
    private static readonly long[] Picture = [2, 6, 8, 9];
    private static readonly long[] Volume = [2, 6, 4, 6, 5];

    public static IEnumerable<TorchSharpCase> All => [.. Functions, .. Layers, .. Optimizers];

    private static IEnumerable<TorchSharpCase> Functions =>
    [
        Of("F.conv2d(a, b, c, padding=3)", [[2, 3, 8, 9], [4, 3, 7, 7], [4]], t => functional.conv2d(t[0], t[1], t[2], padding: [3, 3]), 2),
        Of("F.conv2d(a, b, None, (2, 1), (4, 4), (1, 2), 3)", [Picture, [6, 2, 3, 5]], t => functional.conv2d(t[0], t[1], null, [2, 1], [4, 4], [1, 2], 3)),
        Of("F.conv3d(a, b, c, padding=1)", [Volume, [4, 6, 3, 3, 3], [4]], t => functional.conv3d(t[0], t[1], t[2], padding: [1, 1, 1]), 2),
        Of("F.conv3d(a, b, c, padding=1, groups=3)", [Volume, [6, 2, 3, 3, 3], [6]], t => functional.conv3d(t[0], t[1], t[2], padding: [1, 1, 1], groups: 3), 2),
        Of("F.conv3d(a, b, None, (1, 2, 2), (1, 1, 0))", [Volume, [4, 6, 3, 3, 3]], t => functional.conv3d(t[0], t[1], null, [1, 2, 2], [1, 1, 0]), 2),
        Of("F.conv_transpose2d(a, b, c, 2, 1, 1)", [Picture, [6, 4, 3, 3], [4]], t => functional.conv_transpose2d(t[0], t[1], t[2], [2, 2], [1, 1], [1, 1]), 2),
        Of("F.conv_transpose3d(a, b, c, 2, 1)", [Volume, [6, 2, 4, 4, 4], [2]], t => functional.conv_transpose3d(t[0], t[1], t[2], [2, 2, 2], [1, 1, 1]), 2),
        Of("F.linear(a, b, c)", [[5, 4], [3, 4], [3]], t => functional.linear(t[0], t[1], t[2]), 2),
        Of("F.pad(a, (1, 2, 3, 0))", [Picture], t => functional.pad(t[0], [1, 2, 3, 0]), 2), Of("F.pad(a, (1, 2), value=0.5)", [Picture], t => functional.pad(t[0], (1, 2), value: 0.5)),
        Of("F.pad(a, (1, 2, 3, 1), 'reflect')", [Picture], t => functional.pad(t[0], (1, 2, 3, 1), PaddingModes.Reflect), 2),
        Of("F.pad(a, (1, 1, 2, 1, 1, 3), 'reflect')", [Volume], t => functional.pad(t[0], new long[] { 1, 1, 2, 1, 1, 3 }, PaddingModes.Reflect), 2),
        Of("F.pad(a, (1, 2, 3, 1), 'replicate')", [Picture], t => functional.pad(t[0], (1, 2, 3, 1), PaddingModes.Replicate)),
        Of("F.pad(a, (1, 2, 3, 1), 'circular')", [Picture], t => functional.pad(t[0], (1, 2, 3, 1), PaddingModes.Circular)),
        Of("F.adaptive_avg_pool2d(a, (3, 2))", [Picture], t => functional.adaptive_avg_pool2d(t[0], [3, 2])), Of("F.adaptive_avg_pool2d(a, 1)", [Picture], t => functional.adaptive_avg_pool2d(t[0], 1), 2),
        Of("F.adaptive_avg_pool3d(a, (1, 3, 2))", [Volume], t => functional.adaptive_avg_pool3d(t[0], [1, 3, 2])), Of("F.adaptive_avg_pool3d(a, 1)", [Volume], t => functional.adaptive_avg_pool3d(t[0], 1), 2),
        Of("F.avg_pool2d(a, 2)", [Picture], t => functional.avg_pool2d(t[0], 2), 2), Of("F.avg_pool2d(a, (3, 2), (2, 1), (1, 1), True, False)", [Picture], t => functional.avg_pool2d(t[0], [3, 2], [2, 1], [1, 1], true, false)),
        Of("F.avg_pool3d(a, 2)", [Volume], t => functional.avg_pool3d(t[0], [2, 2, 2]), 2), Of("F.avg_pool3d(a, 3, 2, 1, divisor_override=5)", [Volume], t => functional.avg_pool3d(t[0], [3], [2], [1], divisor_override: 5)),
        Of("F.max_pool2d(a, 2)", [Picture], t => functional.max_pool2d(t[0], 2), 2), Of("F.max_pool2d(a, (3, 2), padding=(1, 1))", [Picture], t => functional.max_pool2d(t[0], (3, 2), padding: (1, 1))),
        Of("F.max_pool2d(a, 3, 2, 1, 1, True)", [Picture], t => functional.max_pool2d(t[0], [3], [2], [1], [1], true)), Of("F.max_pool3d(a, 2)", [Volume], t => functional.max_pool3d(t[0], [2]), 2),
        Of("F.pixel_shuffle(a, 2)", [[2, 8, 3, 4]], t => functional.pixel_shuffle(t[0], 2), 2),
        Of("F.interpolate(a, scale_factor=2)", [Cube], t => functional.interpolate(t[0], scale_factor: [2])), Of("F.interpolate(a, scale_factor=(2, 2))", [Picture], t => functional.interpolate(t[0], scale_factor: [2, 2]), 2),
        Of("F.interpolate(a, scale_factor=(2, 3, 1))", [Volume], t => functional.interpolate(t[0], scale_factor: [2, 3, 1]), 2), Of("F.interpolate(a, (5, 4))", [Picture], t => functional.interpolate(t[0], [5, 4])),
        Of("F.interpolate(a, scale_factor=1.7, mode='bilinear')", [Picture], t => functional.interpolate(t[0], scale_factor: [1.7, 1.7], mode: InterpolationMode.Bilinear), 2),
        Of("F.interpolate(a, scale_factor=2, mode='bilinear', align_corners=True)", [Picture], t => functional.interpolate(t[0], scale_factor: [2, 2], mode: InterpolationMode.Bilinear, align_corners: true)),
        Of("F.interpolate(a, scale_factor=1.7, mode='trilinear', recompute_scale_factor=True)", [Volume], t => functional.interpolate(t[0], scale_factor: [1.7, 1.7, 1.7], mode: InterpolationMode.Trilinear, recompute_scale_factor: true)),
        Of("F.interpolate(a, (8, 9, 10), mode='trilinear')", [Volume], t => functional.interpolate(t[0], [8, 9, 10], mode: InterpolationMode.Trilinear), 2),
        One("(torch.manual_seed(3), F.dropout(a, 0.3))[1]", a => Seeded(() => functional.dropout(a, 0.3))), One("F.dropout(a, 0.3, False)", a => functional.dropout(a, 0.3, false)),
        One("(torch.manual_seed(3), F.dropout(a.clone(), 0.4, inplace=True))[1]", a => Seeded(() => functional.dropout(a.clone(), 0.4, inplace: true))),
        Of("(torch.manual_seed(3), F.dropout3d(a, 0.3))[1]", [Volume], t => Seeded(() => functional.dropout3d(t[0], 0.3))),
        One("F.leaky_relu(a)", a => functional.leaky_relu(a)), One("F.leaky_relu(a.clone(), 0.1, True)", a => functional.leaky_relu(a.clone(), 0.1, true)), One("F.relu(a)", a => functional.relu(a)),
        One("F.relu(a.clone(), True)", a => functional.relu(a.clone(), true)), Of("F.prelu(a, b)", [Volume, [6]], t => functional.prelu(t[0], t[1]), 2), One("F.sigmoid(a)", a => functional.sigmoid(a)),
        One("F.softmax(a, 2)", a => functional.softmax(a, 2)), One("F.softplus(a, 2, 1)", a => functional.softplus(a, 2, 1), 2), One("F.tanh(a)", a => functional.tanh(a)),
        Of("F.batch_norm(a, None, None, b, c, True)", [Volume, [6], [6]], t => functional.batch_norm(t[0], null, null, t[1], t[2], true), 2),
        Of("F.batch_norm(a, b.detach(), c.detach() + 2)", [Volume, [6], [6]], t => functional.batch_norm(t[0], t[1].detach(), t[2].detach() + 2)),
        Of("F.instance_norm(a)", [Volume], t => functional.instance_norm(t[0]), 2), Of("F.instance_norm(a, weight=b, bias=c, eps=1e-3)", [Picture, [6], [6]], t => functional.instance_norm(t[0], weight: t[1], bias: t[2], eps: 1e-3), 2),
        Two("F.binary_cross_entropy_with_logits(a, b.abs())", (a, b) => functional.binary_cross_entropy_with_logits(a, b.abs())),
        Two("F.binary_cross_entropy_with_logits(a, b.abs().detach(), reduction='sum')", (a, b) => functional.binary_cross_entropy_with_logits(a, b.abs().detach(), reduction: Reduction.Sum), 2),
        Two("F.l1_loss(a, b)", (a, b) => functional.l1_loss(a, b)), Two("F.l1_loss(a, b, reduction='none')", (a, b) => functional.l1_loss(a, b, Reduction.None)), Two("F.mse_loss(a, b)", (a, b) => functional.mse_loss(a, b), 2),
        Two("F.mse_loss(a, b, reduction='sum')", (a, b) => functional.mse_loss(a, b, Reduction.Sum)), Two("F.smooth_l1_loss(a, b, beta=0.3)", (a, b) => functional.smooth_l1_loss(a, b, beta: 0.3)),
        Two("nn.L1Loss()(a, b)", (a, b) => L1Loss().call(a, b)), Two("nn.MSELoss(reduction='sum')(a, b)", (a, b) => MSELoss(Reduction.Sum).call(a, b)),
        Of("b * a / a.flatten(1).norm(2, 1).view(-1, 1, 1)", [Cube, [2, 1, 1]], t => t[1] * t[0] / t[0].flatten(1).norm(1).view(-1, 1, 1), 2),
        One("(torch.manual_seed(3), nn.init.kaiming_normal_(a.detach(), 0.25))[1]", a => Seeded(() => init.kaiming_normal_(a.detach(), 0.25)), 0),
        One("(torch.manual_seed(3), nn.init.kaiming_uniform_(a.detach(), mode='fan_out', nonlinearity='relu'))[1]", a => Seeded(() => init.kaiming_uniform_(a.detach(), mode: init.FanInOut.FanOut, nonlinearity: init.NonlinearityType.ReLU)), 0),
        One("(torch.manual_seed(3), nn.init.xavier_normal_(a.detach(), 2))[1]", a => Seeded(() => init.xavier_normal_(a.detach(), 2)), 0),
        One("(torch.manual_seed(3), nn.init.xavier_uniform_(a.detach()))[1]", a => Seeded(() => init.xavier_uniform_(a.detach())), 0),
        One("(torch.manual_seed(3), nn.init.normal_(a.detach(), 1, 2))[1]", a => Seeded(() => init.normal_(a.detach(), 1, 2)), 0),
        One("(torch.manual_seed(3), nn.init.uniform_(a.detach(), 1, 2))[1]", a => Seeded(() => init.uniform_(a.detach(), 1, 2)), 0),
        One("nn.init.ones_(a.detach())", a => init.ones_(a.detach()), 0), One("nn.init.zeros_(a.detach())", a => init.zeros_(a.detach()), 0), One("nn.init.constant_(a.detach(), 3)", a => init.constant_(a.detach(), 3), 0),
        None("torch.tensor(nn.init.calculate_gain('leaky_relu', 0.2))", () => tensor((float)init.calculate_gain(init.NonlinearityType.LeakyReLU, 0.2))),
    ];

    private static IEnumerable<TorchSharpCase> Layers =>
    [
        Made("nn.Conv2d(6, 4, 3)", Picture, () => Conv2d(6, 4, 3)), Made("nn.Conv2d(6, 4, (3, 5), (2, 1), (1, 2), bias=False)", Picture, () => Conv2d(6, 4, (3, 5), (2, 1), (1, 2), bias: false)),
        Made("nn.Conv2d(6, 6, 4, padding='same', groups=2)", Picture, () => Conv2d(6, 6, 4, Padding.Same, groups: 2)), Made("nn.Conv2d(6, 4, (3, 5), padding='valid')", Picture, () => Conv2d(6, 4, (3, 5), Padding.Valid)),
        Made("nn.Conv2d(6, 4, 3, padding=2, padding_mode='reflect')", Picture, () => Conv2d(6, 4, 3, padding: 2, padding_mode: PaddingModes.Reflect)),
        Made("nn.Conv3d(6, 4, 3, padding=1)", Volume, () => Conv3d(6, 4, 3, padding: 1)), Made("nn.Conv3d(6, 6, (1, 3, 3), padding=(0, 1, 2), groups=3)", Volume, () => Conv3d(6, 6, (1, 3, 3), padding: (0, 1, 2), groups: 3)),
        Made("nn.Conv3d(6, 4, 3, padding='same', dilation=2)", Volume, () => Conv3d(6, 4, 3, Padding.Same, dilation: 2)), Made("nn.Conv3d(6, 4, (3, 2, 1), padding='same')", Volume, () => Conv3d(6, 4, (3, 2, 1), Padding.Same)),
        Made("nn.ConvTranspose2d(6, 4, 4, 2, 1)", Picture, () => ConvTranspose2d(6, 4, 4, 2, 1)), Made("nn.ConvTranspose2d(6, 4, (3, 2), (2, 1), output_padding=(1, 0))", Picture, () => ConvTranspose2d(6, 4, (3, 2), (2, 1), output_padding: (1, 0))),
        Made("nn.ConvTranspose3d(6, 4, 3, 2, 1, 1)", Volume, () => ConvTranspose3d(6, 4, 3, 2, 1, 1)), Made("nn.ConvTranspose3d(6, 4, (1, 2, 2), (1, 2, 2), groups=2)", Volume, () => ConvTranspose3d(6, 4, (1, 2, 2), (1, 2, 2), groups: 2)),
        Made("nn.Linear(4, 5)", Cube, () => Linear(4, 5)), Made("nn.Linear(4, 5, False)", Cube, () => Linear(4, 5, false)), Made("nn.PReLU(6)", Volume, () => PReLU(6)), Made("nn.ReLU()", Cube, () => ReLU()),
        Made("nn.LeakyReLU(0.2)", Cube, () => LeakyReLU(0.2)), Made("nn.Tanh()", Cube, () => Tanh()), Made("nn.Sigmoid()", Cube, () => Sigmoid()), Made("nn.Softplus(2)", Cube, () => Softplus(2)), Made("nn.Identity()", Cube, () => Identity()),
        Made("nn.Dropout(0.3)", Cube, () => Dropout(0.3)), Made("nn.Upsample(scale_factor=(2, 1, 2))", Volume, () => Upsample(scale_factor: [2, 1, 2])), Made("nn.MaxPool2d(2)", Picture, () => MaxPool2d(2)),
        Made("nn.AvgPool3d(2)", Volume, () => AvgPool3d(2)), Made("nn.ReflectionPad2d(2)", Picture, () => ReflectionPad2d(2)), Made("nn.ReflectionPad2d((1, 2, 3, 0))", Picture, () => ReflectionPad2d((1, 2, 3, 0))),
        Made("nn.ReflectionPad3d(2)", Volume, () => ReflectionPad3d(2)), Made("nn.ReflectionPad3d((1, 2, 3, 0, 1, 2))", Volume, () => ReflectionPad3d((1, 2, 3, 0, 1, 2))),
        Made("nn.InstanceNorm2d(6)", Picture, () => InstanceNorm2d(6)), Made("nn.InstanceNorm3d(6, affine=True)", Volume, () => InstanceNorm3d(6, affine: true)),
        Made("nn.BatchNorm2d(6)", Picture, () => BatchNorm2d(6), ("optim.SGD(p, 0.1)", net => optim.SGD(net.parameters(), 0.1))), Made("nn.BatchNorm3d(6, affine=False)", Volume, () => BatchNorm3d(6, affine: false)),
        Made("nn.Sequential(nn.Conv3d(6, 4, 3), nn.PReLU(4), nn.Conv3d(4, 2, 1))", Volume, () => Sequential(Conv3d(6, 4, 3), PReLU(4), Conv3d(4, 2, 1))),
    ];

    private static IEnumerable<TorchSharpCase> Optimizers =>
    [
        Trained("optim.Adam(p, 0.01)", net => optim.Adam(net.parameters(), 0.01)), Trained("optim.Adam(p, 0.02, (0.5, 0.9), 1e-6, 0.1)", net => optim.Adam(net.named_parameters(), 0.02, 0.5, 0.9, 1e-6, 0.1)),
        Trained("optim.Adam(p, maximize=True)", net => optim.Adam(net.parameters(), maximize: true)),
        Trained("optim.RMSprop(p, 0.01, 0.9)", net => optim.RMSProp(net.parameters(), 0.01, 0.9)), Trained("optim.RMSprop(p, 0.02, 0.8, 1e-6, 0.1, maximize=True)", net => optim.RMSProp(net.parameters(), 0.02, 0.8, 1e-6, 0.1, maximize: true)),
        Trained("optim.SGD(p, 0.1)", net => optim.SGD(net.parameters(), 0.1)),
        Trained("optim.Adam([{'params': p[:1], 'lr': 0.1}, {'params': p[1:]}], 0.01)",
            net => optim.Adam([new global::TorchSharp.Modules.Adam.ParamGroup(net.parameters().Take(1), lr: 0.1), new() { Parameters = net.parameters().Skip(1) }], 0.01)),
        Trained("optim.SGD(p, 0.1, 0.9, 0.1, 0.01)", net => optim.SGD(net.parameters(), 0.1, 0.9, 0.1, 0.01)), Trained("optim.SGD(p, 0.1, 0.9, nesterov=True)", net => optim.SGD(net.parameters(), 0.1, 0.9, nesterov: true)),
    ];

    private static TorchSharpCase Trained(string python, Func<Module, optim.Optimizer> optimizer) =>
        Made("nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2))", Cube, () => Sequential(Linear(4, 5), Tanh(), Linear(5, 2)), (python, optimizer));

    private static Tensor Seeded(Func<Tensor> make)
    {
        manual_seed(3).Dispose();
        return make();
    }
}
