using TorchSharp.Modules;

namespace TorchSharp
{
    namespace Modules
    {
        public sealed class MSELoss(torch.nn.Reduction reduction = torch.nn.Reduction.Mean) : torch.nn.Module<torch.Tensor, torch.Tensor, torch.Tensor>(nameof(MSELoss))
        {
            public torch.nn.Reduction reduction { get; } = reduction;

            public override torch.Tensor forward(torch.Tensor input, torch.Tensor target) => torch.nn.functional.mse_loss(input, target, reduction);
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static MSELoss MSELoss(Reduction reduction = Reduction.Mean) => new(reduction);
        }
    }
}
