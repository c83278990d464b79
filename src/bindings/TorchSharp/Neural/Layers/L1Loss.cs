using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class L1Loss(torch.nn.Reduction reduction = torch.nn.Reduction.Mean) : torch.nn.Module<torch.Tensor, torch.Tensor, torch.Tensor>(nameof(L1Loss))
        {
            public torch.nn.Reduction reduction { get; } = reduction;

            public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => torch.nn.functional.l1_loss(input, target, reduction);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static L1Loss L1Loss(Reduction reduction = Reduction.Mean) => new(reduction);
        }
    }
}
